"""Working notebooks opened in JupyterLab, for one person on this machine."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

SOCKET_FOLDER = 48  # longest folder for which a kernel's socket keeps within the 104 letters that systems allow
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


def serve(folder: Path, first: str, *, browser: bool, options: tuple[str, ...] = ()) -> None:
    """Run JupyterLab on the notebooks in `folder`, beginning with `first`, until Ctrl-C or a signal to end.

    It listens on this machine only, behind a token, and asks no one outside for news, updates or extensions; kernels
    talk through sockets that only their owner can open.  `options`: further ones, as JupyterLab takes them.
    """
    from jupyter_core.paths import jupyter_runtime_dir
    from jupyterlab.labapp import LabApp

    settings = {"ServerApp.root_dir": folder, "ServerApp.ip": "127.0.0.1", "ServerApp.open_browser": browser,
                "ServerApp.answer_yes": True, "Application.log_level": "WARN", "LabApp.news_url": None,
                "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
                "LabApp.extension_manager": "readonly", "LabApp.default_url": f"/lab/tree/{first}",
                "LabApp.workspaces_dir": folder / ".jupyter" / "workspaces"}
    if os.name == "posix" and len(jupyter_runtime_dir()) <= SOCKET_FOLDER:
        settings["KernelManager.transport"] = "ipc"
    _ask_nothing(folder / ".jupyter")
    signal.signal(signal.SIGINT, lambda *_: signal.raise_signal(signal.SIGTERM))  # Jupyter does so at a terminal only
    LabApp.launch_instance([*(f"--{name}={value}" for name, value in settings.items()), *options])


def _ask_nothing(config: Path) -> None:
    """Let JupyterLab neither fetch news nor ask whether it may, unless the person's own settings say otherwise."""
    file = config / "labconfig" / "default_setting_overrides.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(QUIET), encoding="utf-8")
    earlier = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(config), *([earlier] if earlier else [])])
