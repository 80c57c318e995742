"""How a model's weights are kept in memory: one backend a file, behind one interface."""
