"""Pictures of models, drawn without graphviz: what is in the boxes, where they stand, and how they are written."""
