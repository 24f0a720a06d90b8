# SPDX-License-Identifier: GPL-2.0-only
"""Which objects a build has linked into which module, for the checks."""
import pathlib
import sys

MODULES = ("kcs_host", "kcs_opregion", "kcs_ipmi", "kcs_via_ipmi", "kcs_sim")


def modules(folder):
    """The objects of each module of a build folder (M=), in link order."""
    folder = pathlib.Path(folder).resolve()
    # Kbuild names them from the root or from the folder, as its version likes.
    found = {file.stem: [folder / name for name in file.read_text().split()]
             for file in sorted(folder.glob("*.mod"))}
    missing = [name for name in MODULES if not found.get(name)]
    if missing:
        sys.exit(f"{folder} has not built {', '.join(missing)}")
    return found


def short(path, folder):
    """The path as it is in the source tree."""
    return str(path.resolve().relative_to(pathlib.Path(folder).resolve()))
