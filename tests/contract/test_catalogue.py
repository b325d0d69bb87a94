"""Everything the zoo offers stands in these tables, with its exact number of parameters."""

import os

import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo import datasets
from keras_rnn_zoo.training.catalogue import find_config, list_configs
from keras_rnn_zoo.training.config import read

VECTORS, SYMBOLS = (None, 12), (None,)
WORDS = {"vocabulary_size": 100, "embedding_dim": 16}

BUILDERS = {
    "one_to_one": (((20, 64, 1), 10, (32, 16)), {}, 41_690),
    "one_to_many": (((32,), 50, 24), {"embedding_dim": 16}, 9_058),
    "many_to_one": ((VECTORS, 9, (8, 8)), {"bidirectional": True, "cell": "gru"}, 2_457),
    "many_to_many_aligned": ((VECTORS, 5, (8, 8)), {"skip_connections": "input"}, 1_685),
    "many_to_many_unaligned": ((SYMBOLS, 90, 24), {**WORDS, "decoder_units": 32}, 17_818),
    "captioner": (((20, 64, 1), 40, 16), {"embedding_dim": 8, "image_units": 12}, 87_452),
    "frame_classifier": (((None, 20, 36, 1), 7, 16), {"image_units": 8}, 48_063),
    "language_model": ((SYMBOLS, 65, 16), {"vocabulary_size": 65, "embedding_dim": 8}, 3_225),
    "sentiment_classifier": ((SYMBOLS, 2, 16), {"vocabulary_size": 100, "embedding_dim": 8}, 4_066),
    "speech_recognizer": (((None, 40), 30, 16), {"alignment": "ctc"}, 8_286),
    "sequence_tagger": ((SYMBOLS, 17, 16), {"vocabulary_size": 100, "embedding_dim": 8}, 4_561),
    "translator": ((SYMBOLS, 90, (16, 16)), {"vocabulary_size": 100, "embedding_dim": 8}, 10_474),
}

# Parameters of one recurrent layer of width h reading d numbers: kernels, recurrent kernels, biases.
CELLS = {
    "simple_rnn": lambda d, h: d * h + h * h + h,
    "lstm": lambda d, h: 4 * (d * h + h * h + h),
    "gru": lambda d, h: 3 * (d * h + h * h + 2 * h),
    "lstm_1997": lambda d, h: 3 * (d * h + h * h + h),
    "lstm_variant": lambda d, h: 4 * (d * h + h * h + h) + 3 * h,
    "peephole_lstm": lambda d, h: 4 * (d * h + h * h + h) + 3 * h,
    "coupled_lstm": lambda d, h: 3 * (d * h + h * h + h),
    "layer_norm_lstm": lambda d, h: 4 * (d * h + h * h + h) + 10 * h,
    "projected_lstm": lambda d, h: 4 * (d * h + h // 2 * h + h) + h * (h // 2),
    "depth_gated_lstm": lambda d, h: 4 * (d * h + h * h + h) + 9 * h * h + 7 * h,
    "cho_gru": lambda d, h: 3 * (d * h + h * h + h),
    "olah_gru": lambda d, h: 3 * (d * h + h * h),
    "minimal_gated_unit": lambda d, h: 2 * (d * h + h * h + h),
    "clockwork_rnn": lambda d, h: d * h + h * h * 5 // 8 + h,
    "leaky_rnn": lambda d, h: d * h + h * h + h,
    "time_skip_rnn": lambda d, h: d * h + 2 * h * h + h,
    "output_recurrent_rnn": lambda d, h: d * h + 2 * h * h + 2 * h,
    "deep_transition": lambda d, h: d * h + 2 * h * h + 2 * h,
    "deep_transition_gru": lambda d, h: 3 * d * h + 2 * (3 * h * h + 6 * h),
    "deep_transition_lstm": lambda d, h: 4 * d * h + 2 * (4 * h * h + 4 * h),
    "irnn": lambda d, h: d * h + h * h + h,
    "min_gru": lambda d, h: 2 * (d * h + h),
    "min_lstm": lambda d, h: 3 * (d * h + h),
}

DATASETS = (
    "addition",
    "array_file",
    "captioned_pictures",
    "coco_captions",
    "emoji_captions",
    "flickr8k",
    "fsdd",
    "glue_sst2",
    "grid_speech",
    "grid_video",
    "imdb_reviews",
    "jsb_chorales",
    "mnist",
    "multi30k",
    "multiplication",
    "musedata",
    "noiseless_memorization",
    "nottingham",
    "number_names",
    "number_pictures",
    "piano_midi",
    "picture_folder",
    "ptb",
    "python_source",
    "random_permutation",
    "sst",
    "table",
    "tagged_text",
    "tatoeba_tr_en",
    "ted_tr_en",
    "temporal_order",
    "temporal_order_3bit",
    "text_file",
    "tfds_universal_dependencies",
    "tinyshakespeare",
    "uci_sentiment",
    "universal_dependencies",
    "wav_folder",
)

# The size of a configuration's model, or None where it depends on the machine's own files.
CONFIGS = {
    "many_to_many_aligned/clockwork_rnn_jsb_chorales": 170_888,
    "many_to_many_aligned/coupled_lstm_jsb_chorales": 191_088,
    "many_to_many_aligned/ctc_lstm_grid_speech": 616_223,
    "many_to_many_aligned/dots_rnn_jsb_chorales": 213_488,
    "many_to_many_aligned/dts_rnn_jsb_chorales": 173_288,
    "many_to_many_aligned/gru_jsb_chorales": 191_688,
    "many_to_many_aligned/gru_musedata": 191_688,
    "many_to_many_aligned/gru_noiseless_memorization": 53_382,
    "many_to_many_aligned/gru_ptb_characters": 238_326,
    "many_to_many_aligned/gru_tinyshakespeare": 927_621,
    "many_to_many_aligned/gru_tinyshakespeare_streams": 927_621,
    "many_to_many_aligned/lstm_1997_jsb_chorales": 191_088,
    "many_to_many_aligned/lstm_jsb_chorales": 248_888,
    "many_to_many_aligned/lstm_piano_midi": 248_888,
    "many_to_many_aligned/lstm_ptb_words": 2_702_355,
    "many_to_many_aligned/lstm_python_source": None,
    "many_to_many_aligned/lstm_python_source_skips": None,
    "many_to_many_aligned/lstm_tfds_ud_tr_atis": None,
    "many_to_many_aligned/lstm_ud_en_ewt": 1_169_073,
    "many_to_many_aligned/lstm_ud_tr_atis": 193_805,
    "many_to_many_aligned/min_gru_jsb_chorales": 53_288,
    "many_to_many_aligned/peephole_lstm_grid_video": 533_287,
    "many_to_many_aligned/peephole_lstm_jsb_chorales": 249_488,
    "many_to_many_aligned/rnn_jsb_chorales": 75_488,
    "many_to_many_aligned/rnn_nottingham": 106_838,
    "many_to_many_aligned/stacked_rnn_jsb_chorales": 155_688,
    "many_to_many_unaligned/attention_gru_multi30k": 4_899_788,
    "many_to_many_unaligned/attention_gru_tatoeba_en_tr": 4_322_788,
    "many_to_many_unaligned/attention_gru_tatoeba_tr_en": 4_322_788,
    "many_to_many_unaligned/attention_gru_ted_tr_en": None,
    "many_to_many_unaligned/attention_lstm_grid_speech": 1_060_631,
    "many_to_many_unaligned/gru_multi30k": 4_768_908,
    "many_to_many_unaligned/gru_number_names": 146_073,
    "many_to_many_unaligned/lstm_tatoeba_tr_en": 4_043_593,
    "many_to_one/coupled_lstm_fsdd": 115_722,
    "many_to_one/coupled_lstm_fsdd_speaker": 115_722,
    "many_to_one/gru_addition": 8_151,
    "many_to_one/gru_mnist_rows": 61_962,
    "many_to_one/gru_multiplication": 8_151,
    "many_to_one/gru_temporal_order": 8_904,
    "many_to_one/gru_temporal_order_3bit": 9_108,
    "many_to_one/irnn_random_permutation": 12_650,
    "many_to_one/lstm_glue_sst2": None,
    "many_to_one/lstm_imdb_reviews": None,
    "many_to_one/lstm_sst": 530_114,
    "many_to_one/lstm_sst_fine": 599_813,
    "many_to_one/lstm_temporal_order": 11_604,
    "many_to_one/lstm_uci_sentiment": 165_954,
    "many_to_one/min_gru_mnist_pixels": 17_546,
    "many_to_one/norm_preserving_rnn_temporal_order": 3_054,
    "one_to_many/lstm_coco_captions": None,
    "one_to_many/lstm_emoji_drawings_en": 1_956_198,
    "one_to_many/lstm_emoji_drawings_tr": 2_005_139,
    "one_to_many/lstm_emoji_names_en": 1_362_346,
    "one_to_many/lstm_emoji_names_tr": 1_363_791,
    "one_to_many/lstm_flickr8k": 2_978_287,
    "one_to_many/lstm_number_pictures": 865_411,
    "one_to_one/mlp_number_pictures": 362_122,
}


def test_no_builder_is_missing():
    assert set(BUILDERS) == set(zoo.list_builders())


def test_no_cell_is_missing():
    assert set(CELLS) == set(zoo.list_cells())


def test_no_dataset_is_missing():
    assert set(DATASETS) == set(zoo.list_datasets())


def test_no_configuration_is_missing():
    assert set(CONFIGS) == set(list_configs())


@pytest.mark.parametrize("name", BUILDERS)
def test_parameters_of_builders(name):
    arguments, options, parameters = BUILDERS[name]
    assert zoo.builders.get(name)(*arguments, **options).count_params() == parameters


@pytest.mark.parametrize("name", CELLS)
def test_parameters_of_cells(name):
    model = zoo.build_many_to_one((None, 7), 3, 12, cell=name)
    assert model.get_layer("recurrence").count_params() == CELLS[name](7, 12)


@pytest.mark.parametrize("identity", CONFIGS)
def test_parameters_of_configurations(identity):
    from keras_rnn_zoo.training.model import build_model

    config = read(find_config(identity)[1])
    if CONFIGS[identity] is None:
        pytest.skip("its vocabulary is this machine's own")
    dataset = _load(config.dataset)
    assert build_model(config, dataset.spec).count_params() == CONFIGS[identity]


def _load(config):
    try:
        return datasets.load(config.name, **config.options)
    except zoo.errors.ZooError:
        if os.environ.get("KERAS_RNN_ZOO_DATA"):
            raise
        pytest.skip("needs a download: KERAS_RNN_ZOO_DATA is not set")
