"""The wing's models, gathered for Django. None yet: figures are read, not stored."""
