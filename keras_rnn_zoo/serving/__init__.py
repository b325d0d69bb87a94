"""Trained models as SavedModels for TensorFlow Serving, and what proves that they can be served."""
