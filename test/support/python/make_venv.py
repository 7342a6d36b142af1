"""Makes a virtual environment unless it is there already: make_venv.py <folder> <requirements> <stamp>.

The operating system holds the lock, so two test files that start together do not build the environment twice, and a
process that dies leaves no lock behind. The stamp is written last, so an incomplete environment does not count.
"""

import fcntl
import pathlib
import shutil
import subprocess
import sys
import venv

folder, requirements, stamp = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
folder.parent.mkdir(parents=True, exist_ok=True)
with open(f"{folder}.lock", "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    stamp_file = folder / "stamp"
    if not (stamp_file.exists() and stamp_file.read_text() == stamp):
        print(f"Making the Python environment {folder.name} (some minutes, once)...", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", requirements], check=True)
        stamp_file.write_text(stamp)
