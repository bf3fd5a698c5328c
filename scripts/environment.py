"""requirements/*.txt → `.venv`, exactly those versions and the project itself; nothing is done again while nothing has changed.

Run by the Python that shall be in it: ``python3 -m scripts.environment demo`` or ``dev`` (which includes the demo's).
"""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv"
PIP = (str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
KINDS = {"demo": ("demo", "dev"), "dev": ("dev",)}
"""What was installed before that serves as well."""


def main(kind: str) -> int:
    """Bring `.venv` up to date; return the exit status."""
    wanted = {name: fingerprint(name) for name in KINDS[kind]}
    if any(stamp(name).is_file() and stamp(name).read_text(encoding="ascii") == value for name, value in wanted.items()):
        return 0
    try:
        if not (VENV / "bin" / "python").exists() or not _same_python():
            say(f"making {VENV.name} with {sys.executable}")
            run(sys.executable, "-m", "venv", "--clear", str(VENV))
        say(f"installing requirements/{kind}.txt into {VENV.name}")
        # whole without its dependencies' own wishes: uv has weighed them all, and one of them is overridden in pyproject.toml
        run(*PIP, "--no-deps", "--require-hashes", "-r", "requirements/build.txt", "-r", f"requirements/{kind}.txt")
        run(*PIP, "--no-deps", "--no-build-isolation", "--editable", ".")
    except subprocess.CalledProcessError as error:
        say(f"could not finish (exit status {error.returncode}): {' '.join(map(str, error.cmd[:6]))} …; see the lines above")
        return 1
    for other in KINDS:
        stamp(other).unlink(missing_ok=True)
    stamp(kind).write_text(wanted[kind], encoding="ascii")
    return 0


def fingerprint(kind: str) -> str:
    """Return what must stay the same for the environment to be up to date."""
    digest = hashlib.sha256(f"{sys.version} {ROOT}".encode())
    for file in ("pyproject.toml", "requirements/build.txt", f"requirements/{kind}.txt"):
        digest.update((ROOT / file).read_bytes())
    return digest.hexdigest()


def stamp(kind: str) -> Path:
    """Return the file that says what is installed."""
    return VENV / f"wardroom-{kind}.sha256"


def _same_python() -> bool:
    program = "import sys; sys.stdout.write(sys.version)"
    found = subprocess.run((str(VENV / "bin" / "python"), "-c", program), capture_output=True, text=True, check=False)
    return found.stdout == sys.version


def run(*command: str) -> None:
    """Run a command in the tree's root; its words are shown."""
    subprocess.run(command, cwd=ROOT, check=True)


def say(sentence: str) -> None:
    """Tell the person at the keyboard."""
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
