import os

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "data: reads the folder $KERAS_RNN_ZOO_DATA")


@pytest.fixture(autouse=True)
def _data_folder(request):
    if request.node.get_closest_marker("data") and not os.environ.get("KERAS_RNN_ZOO_DATA"):
        pytest.skip("KERAS_RNN_ZOO_DATA names no folder of data")
