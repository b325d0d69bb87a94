"""The configurations that come with the package, by identity: `many_to_one/gru_temporal_order`."""

from __future__ import annotations

from pathlib import Path

from keras_rnn_zoo.errors import ZooError, unknown_name


def configs_folder() -> Path:
    """Where the configurations lie: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    for folder in (package / "zoo_configs", package.parent / "zoo_configs"):
        if any(folder.glob("*/*.yaml")):
            return folder
    raise ZooError(f"No configurations found in {package}: reinstall keras_rnn_zoo.")


def list_configs() -> list[str]:
    """The identities of all configurations, `pattern/name`, sorted."""
    folder = configs_folder()
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob("*/*.yaml"))


def find_config(name: str) -> tuple[str, Path]:
    """The identity and file of a configuration.

    Args:
        name: an identity, the part of it after the slash, or the path of a YAML file of one's own, whose identity is
            `own/` and the file's name.
    """
    if name.endswith((".yaml", ".yml")):
        return f"own/{Path(name).stem}", Path(name)
    known = list_configs()
    matches = [identity for identity in known if name in (identity, identity.split("/")[1])]
    if len(matches) != 1:
        raise unknown_name("configuration", name, known)
    return matches[0], configs_folder() / f"{matches[0]}.yaml"


def header(path: Path) -> str:
    """The comment that a configuration opens with: what it shows, the command, what was measured."""
    lines = []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").rstrip())
    return "\n".join(lines)
