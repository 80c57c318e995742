"""Tasks drawn from a seed, with their answers: what the models are measured on.

Training draws from the same generators with the other split; nothing here knows a model.
"""
