"""What a contributor can do: `nox -l` lists it, `nox -s lint` runs one."""

import sys
from pathlib import Path

import nox
from nox.virtualenv import PassthroughEnv

nox.needs_version = ">=2024.4"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True

# Real TensorFlow. tensorflow-cpu is a tenth of the tensorflow that tf_keras asks for by name, hence --no-deps.
# With what parts of Keras and TensorFlow want.
REFERENCE = ["tensorflow-cpu", "keras", "protobuf<7", "scipy", "pillow", "tensorboard", "matplotlib"]


def install(session: nox.Session, *args: str) -> None:
    """Installs at the versions of constraints.txt; under --no-venv, as in .ci/run, nothing: the caller has it all."""
    if not isinstance(session.virtualenv, PassthroughEnv):
        session.install("-c", "constraints.txt", *args)


def install_reference(session: nox.Session) -> None:
    install(session, *REFERENCE)
    install(session, "--no-deps", "tf_keras")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; arguments after -- go to pytest."""
    install(session, "-e", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def long(session: nox.Session) -> None:
    """Run the tests that take minutes: thousands of damaged files of each format."""
    install(session, "-e", ".[test]")
    session.run("pytest", "--long", "-m", "long", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting and the direction of imports."""
    install(session, "ruff", "import-linter")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    install(session, "-e", ".", "mypy")
    session.run("mypy", *session.posargs)


@nox.session
def goldens(session: nox.Session) -> None:
    """Record anew what tests compare with, from the real tf_keras and Keras; arguments go to the table of goldens."""
    install_reference(session)
    session.run("python", "-m", "compat_tests.goldens.record", *session.posargs)
    if not session.posargs:  # and what records beside that table
        for path in sorted(Path("compat_tests").rglob("record*.py")):
            if path.parent == Path("compat_tests/tensorflow/goldens"):
                session.run("python", str(path))  # the packages around it import torchkeras
            elif path.parent.name != "goldens":
                session.run("python", "-m", ".".join(path.with_suffix("").parts))


@nox.session
def parity(session: nox.Session) -> None:
    """Compare torchkeras with live Keras: layer by layer, the tutorials of examples/, and files both ways."""
    install_reference(session)
    install(session, "-e", ".[test]")
    session.run("python", "-m", "compat_tests.goldens.live", *session.posargs)
    if not session.posargs:
        session.run("python", "-m", "compat_tests.examples.live")
        session.run("python", "-m", "compat_tests.saving.configs.live")
        session.run("python", "-m", "compat_tests.saving.parity")


@nox.session
def support(session: nox.Session) -> None:
    """List the public names anew, and write docs/support.md."""
    install(session, "-e", ".")
    session.run("python", "-m", "torchkeras.shim.support.listing")
    session.run("python", "-m", "torchkeras.shim.support.page", "docs/support.md")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into site/."""
    install(session, "mkdocs")
    session.run("mkdocs", "build", "--strict", *session.posargs)


#: Peers of the benchmarks: the variable that names their Python, and what that needs on a CPU and on a GPU.
PEERS = {
    "BENCH_KERAS_TORCH_PYTHON": (["keras", "torch"], ["keras", "torch"]),
    "BENCH_TF_PYTHON": (REFERENCE, ["tensorflow[and-cuda]", "keras", "tf_keras"]),
    "BENCH_KERAS_JAX_PYTHON": (["keras", "jax"], ["keras", "jax[cuda12]"]),
    "BENCH_LIGHTNING_PYTHON": (["lightning", "torch", "numpy"], ["lightning", "torch", "numpy"]),
}


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Time torchkeras against PyTorch and other Kerases: a short round, or what the arguments after -- ask for."""
    install(session, "-e", ".")
    arguments = session.posargs or ["--rounds", "3"]
    if not isinstance(session.virtualenv, PassthroughEnv):
        for variable, (packages, with_cuda) in PEERS.items():
            if variable not in session.env:
                session.env[variable] = peer_python(session, variable, with_cuda if "cuda" in arguments else packages)
    session.run("python", "-m", "benchmarks", *arguments)


def peer_python(session: nox.Session, name: str, packages: list[str]) -> str:
    """A Python of its own, next to the session's, since a peer shall find its own packages alone."""
    folder = Path(session.virtualenv.location).with_name(name.lower().replace("_", "-"))
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not python.exists():
        session.run("python", "-m", "venv", str(folder))
    pip = [str(python), "-m", "pip", "install", "-q", "-c", "constraints.txt"]
    session.run(*pip, *packages, external=True)
    if packages is REFERENCE:
        session.run(*pip, "--no-deps", "tf_keras", external=True)
    return str(python)
