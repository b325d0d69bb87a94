"""TensorFlow's C library, by which a SavedModel is run without Keras and without TensorFlow's Python."""
