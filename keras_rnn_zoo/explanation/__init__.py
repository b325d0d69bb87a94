"""What will happen when a recurrent model is trained and used, and what to change: `explain`."""

from keras_rnn_zoo.explanation.explain import explain as explain
from keras_rnn_zoo.explanation.finding import Finding as Finding
