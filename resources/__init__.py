"""Files the program ships: the starter model and icons; read through `importlib.resources`."""
