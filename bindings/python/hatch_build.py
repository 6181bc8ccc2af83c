"""Puts liblake.so into the wheel of liblake and lake-explain into that of liblake-explain, and
what they are built from into the sdists. explain/ has this file as a link."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Links into the repository, which an sdist leaves behind: it has what they are links to.
LINKS = ("LICENSE", "THIRD-PARTY", "VERSION", "hatch_build.py")
# vendor is there in releases alone.
SOURCES = ("ake", "capi", "cmd/lake-explain", "include", "go.mod", "go.sum", "VERSION", "vendor")


class LakeBuildHook(BuildHookInterface):  # type: ignore[misc]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        here = Path(self.root)
        # An sdist carries the engine; in the repository it is above.
        carried = here / "engine"
        engine = carried if carried.is_dir() else next(above for above in here.parents if (above / "go.mod").exists())
        included = build_data["force_include"]
        if self.target_name == "sdist":
            for link in (here / name for name in LINKS):
                if link.is_symlink():
                    included.pop(str(link), None)
                    included[str(link.resolve())] = link.name
            if engine != carried:
                included.update({str(engine / name): f"engine/{name}" for name in SOURCES if (engine / name).exists()})
            return
        if self.metadata.name == "liblake-explain":
            program = find_or_build_program(engine)
            build_data["shared_scripts"][str(program)] = program.name
            machine, (major, minor) = machine_of(program)
        else:
            library = find_or_build_library(engine)
            included[str(library)] = "lake/liblake.so"
            machine, (major, minor) = platform_of(library)
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-manylinux_{major}_{minor}_{machine}"


def find_or_build_library(engine: Path) -> Path:
    """LAKE_LIBRARY, else the build folder's, else a new one."""
    given = os.environ.get("LAKE_LIBRARY")
    if given:
        return Path(given).resolve()
    built = engine / "build" / "liblake.so"
    if built.exists():
        return built.resolve()
    library = Path(tempfile.mkdtemp(prefix="lake-")) / "liblake.so"
    flags, link = ((engine / "capi" / name).read_text().strip() for name in ("build.flags", "link.flags"))
    soname = "liblake.so." + (engine / "VERSION").read_text().split(".")[0]
    external = f"-Wl,-soname,{soname} -Wl,-z,now '-Wl,--version-script={engine}/capi/abi/lake.map'"
    go(engine, "1", *flags.splitlines(), "-buildmode=c-shared", f'-ldflags={link} "-extldflags={external}"',
       "-o", str(library), "./capi")  # fmt: skip
    return library


def find_or_build_program(engine: Path) -> Path:
    """LAKE_EXPLAIN, else the build folder's, else a new one. It is static."""
    given = os.environ.get("LAKE_EXPLAIN")
    if given:
        return Path(given).resolve()
    built = engine / "build" / "lake-explain"
    if built.exists():
        return built.resolve()
    program = Path(tempfile.mkdtemp(prefix="lake-")) / "lake-explain"
    flags, link = ((engine / "cmd/lake-explain" / name).read_text().strip() for name in ("build.flags", "link.flags"))
    version = (engine / "VERSION").read_text().strip()
    go(engine, "0", *flags.splitlines(), f"-ldflags={link} -X=main.version={version}",
       "-o", str(program), "./cmd/lake-explain")  # fmt: skip
    return program


def go(engine: Path, cgo: str, *arguments: str) -> None:
    if not shutil.which("go"):
        raise SystemExit("lake: there is no Go (1.21 or later) to build with, and no LAKE_LIBRARY or LAKE_EXPLAIN")
    subprocess.run(["go", "build", *arguments], cwd=engine, env={**os.environ, "CGO_ENABLED": cgo}, check=True)


# What an ELF header calls a machine (e_machine, EI_CLASS): the name that wheels have for it,
# and the first glibc that manylinux knows for it.
MACHINES = {
    (62, 2): ("x86_64", (2, 17)),
    (183, 2): ("aarch64", (2, 17)),
    (40, 1): ("armv7l", (2, 17)),
    (3, 1): ("i686", (2, 17)),
    (243, 2): ("riscv64", (2, 31)),
}


def machine_of(file: Path) -> tuple[str, tuple[int, int]]:
    """What MACHINES says of the machine that a library or program is for."""
    elf = file.read_bytes()[:20]
    key = int.from_bytes(elf[18:20], "little"), elf[4] if len(elf) > 4 else 0
    if elf[:4] != b"\x7fELF" or key not in MACHINES:
        raise SystemExit(f"lake: {file} is not for a machine that wheels are made for")
    return MACHINES[key]


def platform_of(library: Path) -> tuple[str, tuple[int, int]]:
    """The machine of a library, and the newest glibc that it asks for."""
    machine, least = machine_of(library)
    needed = [(int(a), int(b)) for a, b in re.findall(rb"GLIBC_(\d+)\.(\d+)", library.read_bytes())]
    if not needed:
        raise SystemExit(f"lake: {library} is not linked with glibc, and nothing else can load it from Python")
    return machine, max(least, *needed)
