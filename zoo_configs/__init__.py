"""One YAML file a run; read them with `keras_rnn_zoo.training.config.read`."""
