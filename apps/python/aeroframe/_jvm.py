"""The Java virtual machine of this process: started with the first stream, and left when the interpreter ends."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import weakref
from pathlib import Path

from ._errors import Error, Forked, JavaNotFound, from_java

# As on the command line: frames are outside the heap, and most work is native.
_MEMORY_FLAGS = ["-XX:+UseSerialGC", "-Xms16m", "-Xmn8m"]
_FLAGS = ["-XX:TieredStopAtLevel=1", "-Xrs"]  # the signals stay Python's
_OPEN_MODULE = "jdk.internal.misc"
_OPEN = f"--add-opens=java.base/{_OPEN_MODULE}=ALL-UNNAMED"

# What frames and JPEG need. A checkout has more in the same directory, which is not loaded.
_JARS = ("aeroframe", "aeron-", "agrona-", "jna-", "HdrHistogram-")
_ZSTD = "zstd-jni-"
_INSTALL = "install Java 17 or newer (Debian, Ubuntu: apt-get install openjdk-17-jre-headless), or set JAVA_HOME"

_log = logging.getLogger("aeroframe")
_lock = threading.RLock()
_runtimes: dict = {}
_open_streams: weakref.WeakSet = weakref.WeakSet()
_is_forked = False
_is_over = False
_release = None


def is_usable() -> bool:
    """Whether Java may be called: not in a child of fork(), and not when the interpreter ends."""
    return not _is_forked and not _is_over


def release_memory(number: int) -> None:
    """Lets memory go that arrays were views of; -1 is none. Called by finalizers."""
    if number >= 0 and not _is_forked and not _is_over:
        _release(number)


def _jars() -> list[str]:
    package = Path(__file__).resolve().parent
    places = [package / "jars", package.parents[1] / "lib", package.parents[1] / "target" / "aeroframe" / "lib"]
    for place in places:
        if (place / "aeroframe.jar").is_file():
            return sorted(str(jar) for jar in place.glob("*.jar") if jar.name.startswith((*_JARS, _ZSTD)))
    raise Error(f"the jars of Aeroframe are not in {places[0]}: build them with mvn package, or install the wheel")


def _jpype_jar() -> list[str]:
    """Debian keeps JPype's own jar outside its package."""
    import jpype

    beside = Path(jpype.__file__).resolve().parent.parent / "org.jpype.jar"
    debian = Path("/usr/share/java/org.jpype.jar")
    return [str(debian)] if not beside.is_file() and debian.is_file() else []


def _java_version(jvm_path: str) -> int | None:
    """The major version by the release file of the Java home, which is two to four levels above the library."""
    for directory in list(Path(jvm_path).resolve().parents)[1:5]:
        try:
            lines = (directory / "release").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith("JAVA_VERSION="):
                number = line.split('"')[1].split(".")
                return int(number[1] if number[0] == "1" else number[0].split("-")[0])
    return None


def jvm_arguments() -> list[str]:
    """What a program that starts the JVM itself has to pass to ``jpype.startJVM``, besides its own arguments.

    It has a class path; jars of the program's own are added with ``jpype.addClassPath`` afterwards.
    """
    return [_OPEN, "-Djava.class.path=" + os.pathsep.join(_jars() + _jpype_jar())]


def _start(jpype) -> None:
    try:
        path = jpype.getDefaultJVMPath()
    except jpype.JVMNotFoundException:
        raise JavaNotFound(f"no Java found: {_INSTALL}") from None
    version = _java_version(path)
    if version is not None and version < 17:
        raise JavaNotFound(f"{path} is Java {version}: {_INSTALL}")
    wanted = os.environ.get("AEROFRAME_OPTS", "").split()
    is_sized = any("GC" in option or option.startswith("-Xm") for option in wanted)
    arguments = jvm_arguments() + _FLAGS + ([] if is_sized else _MEMORY_FLAGS)
    if version is not None and version >= 24:
        arguments += ["--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"]
    import jpype.config

    try:
        jpype.startJVM(path, *arguments, *wanted, interrupt=False)
    except (OSError, RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        options = f" with AEROFRAME_OPTS='{' '.join(wanted)}'" if wanted else ""
        raise Error(f"Java does not start{options}: {reason}; what it printed says why") from None
    jpype.config.destroy_jvm = False  # which would wait for threads of Java; _leave() closes what has to be closed


def _adopt(jpype) -> None:
    """Uses a JVM that the program has started."""
    Object = jpype.JClass("java.lang.Object")
    loader = jpype.JClass("java.lang.ClassLoader").getSystemClassLoader()
    is_open = Object.class_.getModule().isOpen(_OPEN_MODULE, loader.getUnnamedModule())
    if not is_open:
        raise Error(
            "this process has started a JVM without what Aeroframe needs: open a stream first, or start it with "
            "jpype.startJVM(*aeroframe.jvm_arguments())"
        )
    try:
        jpype.JClass("io.aeroframe.apps.python.HeldMemory")
    except TypeError:  # not on the class path
        for jar in _jars():
            jpype.addClassPath(jar)


def runtime(aeron_dir: str | None = None):
    """The connections of this process to a media driver."""
    global _release
    with _lock:
        if _is_forked:
            raise Forked(
                "this process was forked off one that uses streams, and Java does not survive fork(): start it with "
                'multiprocessing.get_context("spawn"), or fork before the first stream is opened'
            )
        if aeron_dir in _runtimes:
            return _runtimes[aeron_dir]
        try:
            import jpype
        except ImportError:
            raise JavaNotFound(
                "the Python module jpype is missing: apt-get install python3-jpype, or pip install jpype1"
            ) from None
        if not jpype.isJVMStarted():
            _start(jpype)
        elif not _runtimes:
            _adopt(jpype)
        if not _runtimes:
            atexit.register(_leave)
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=_after_fork)
            _release = java("HeldMemory").release
        try:
            made = java("PythonRuntime")(aeron_dir)
        except jpype.JException as exception:
            raise from_java(exception) from None
        _runtimes[aeron_dir] = made
        return made


def java(name: str):
    """A Java class of the package's own. For use after ``runtime()``."""
    import jpype

    return jpype.JClass("io.aeroframe.apps.python." + name)


def opened(stream) -> None:
    """Notes a stream, which is closed when the interpreter ends."""
    _open_streams.add(stream)


def log_reports(of) -> None:
    """Logs what went wrong in the background: frames that were skipped, subscribers that hold all slots."""
    while (report := of.nextReport()) is not None:
        _log.warning("%s", report)


def _leave() -> None:
    global _is_over
    if _is_forked:
        return
    for stream in list(_open_streams):
        stream.close()
    _is_over = True
    for made in _runtimes.values():
        made.close()


def _after_fork() -> None:
    global _is_forked, _lock
    _is_forked = True
    _lock = threading.RLock()
    config = sys.modules.get("jpype.config")
    if config is not None:
        config.onexit = False  # it would wait for threads that the child does not have
