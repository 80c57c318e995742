"""Parts of models that draft for the model they belong to."""
