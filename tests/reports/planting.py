"""Files that run or configure something wherever a tool looks for them; here they must not."""

from __future__ import annotations

import sys
from pathlib import Path

MODULES = ("pandas", "sitecustomize", "usercustomize", "inspect_", "matplotlib", "IPython", "papermill", "kamnb_plugin", "json_", "typing_")


def plant_code(folder: Path, marks: Path):
    """Plant them in `folder`; returns a function that lists those that ran."""
    marks.mkdir()
    user = folder / f".local/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    startup, jupyter = folder / ".ipython/profile_default/startup", folder / ".jupyter"
    for place in (user, startup, jupyter, folder / ".config/matplotlib", folder / "jupyter/kernels/python3"):
        place.mkdir(parents=True)
    modules = [folder / f"{name.rstrip('_')}.py" for name in MODULES]
    users = [user / "usercustomize.py", user / "sitecustomize.py", startup / "00.py"]
    settings = [startup.parent / "ipython_config.py", startup.parent / "ipython_kernel_config.py", jupyter / "jupyter_config.py",
                jupyter / "jupyter_server_config.py", folder / "ipython_config.py", folder / "jupyter_config.py"]
    files = [*modules, *users, *settings]
    for number, file in enumerate(files):
        file.write_text(f"open({str(marks / f'{number}-{file.name}')!r}, 'w').close()\n", encoding="utf-8")
    for file in (folder / "matplotlibrc", folder / ".config/matplotlib/matplotlibrc"):
        file.write_text("axes.facecolor: red\n", encoding="utf-8")
    return lambda: sorted(p.name for p in marks.iterdir())
