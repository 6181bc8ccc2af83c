"""Puts liblake.so and lake-explain into the wheel, and what they are built from into the sdist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
# In the repository the engine is two folders up; an sdist carries it.
ENGINE = HERE / "engine" if (HERE / "engine").is_dir() else HERE.parents[1]
# Links into the repository, which the sdist leaves behind.
LICENSES = ("LICENSE", "THIRD-PARTY")
SOURCES = ("ake", "capi", "cmd/lake-explain", "include", "go.mod", "go.sum", "VERSION")


class LakeBuildHook(BuildHookInterface):  # type: ignore[misc]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "sdist":
            for name in LICENSES:
                build_data["force_include"].pop(str(HERE / name), None)
                build_data["force_include"][str((HERE / name).resolve())] = name
            if ENGINE.parent != HERE:
                build_data["force_include"].update({str(ENGINE / name): f"engine/{name}" for name in SOURCES})
            return
        library = find_or_build()
        build_data["force_include"][str(library)] = "lake/liblake.so"
        build_data["force_include"][str(find_or_build_explain(library))] = "lake/lake-explain"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag(library)}"


def find_or_build() -> Path:
    """LAKE_LIBRARY, else the build folder's, else a new one."""
    given = os.environ.get("LAKE_LIBRARY")
    if given:
        return Path(given).resolve()
    built = ENGINE / "build" / "liblake.so"
    if built.exists():
        return built.resolve()
    if not shutil.which("go"):
        raise SystemExit("lake: there is no Go (1.21 or later) to build liblake.so with, and LAKE_LIBRARY names none")
    library = Path(tempfile.mkdtemp(prefix="lake-")) / "liblake.so"
    flags, link = ((ENGINE / "capi" / name).read_text().strip() for name in ("build.flags", "link.flags"))
    soname = "liblake.so." + (ENGINE / "VERSION").read_text().split(".")[0]
    external = f"-Wl,-soname,{soname} -Wl,-z,now '-Wl,--version-script={ENGINE}/capi/abi/lake.map'"
    subprocess.run(
        ["go", "build", *flags.splitlines(), "-buildmode=c-shared",
         f'-ldflags={link} "-extldflags={external}"', "-o", str(library), "./capi"],
        cwd=ENGINE, env={**os.environ, "CGO_ENABLED": "1"}, check=True,
    )  # fmt: skip
    return library


# What an ELF header calls a machine (e_machine, EI_CLASS): the name that wheels have for it,
# the first glibc that manylinux knows for it, and what Go calls it.
MACHINES = {
    (62, 2): ("x86_64", (2, 17), "amd64"),
    (183, 2): ("aarch64", (2, 17), "arm64"),
    (40, 1): ("armv7l", (2, 17), "arm"),
    (3, 1): ("i686", (2, 17), "386"),
    (243, 2): ("riscv64", (2, 31), "riscv64"),
}


def find_or_build_explain(library: Path) -> Path:
    """LAKE_EXPLAIN, else the build folder's, else a new one for the library's machine. It is static."""
    given = os.environ.get("LAKE_EXPLAIN")
    if given:
        return Path(given).resolve()
    _, _, architecture = machine_of(library)
    built = ENGINE / "build" / "lake-explain"
    if built.exists() and machine_of(built) == machine_of(library):
        return built.resolve()
    program = Path(tempfile.mkdtemp(prefix="lake-")) / "lake-explain"
    subprocess.run(
        ["go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-buildid= -s -w", "-o", str(program),
         "./cmd/lake-explain"],
        cwd=ENGINE, env={**os.environ, "CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": architecture}, check=True,
    )  # fmt: skip
    return program


def machine_of(file: Path) -> tuple[str, tuple[int, int], str]:
    """What MACHINES says of the machine that a library or program is for."""
    elf = file.read_bytes()
    key = int.from_bytes(elf[18:20], "little"), elf[4]
    if elf[:4] != b"\x7fELF" or key not in MACHINES:
        raise SystemExit(f"lake: {file} is not for a machine that wheels are made for")
    return MACHINES[key]


def platform_tag(library: Path) -> str:
    """manylinux_<the newest glibc that the library asks for>_<its machine>."""
    machine, least, _ = machine_of(library)
    needed = [(int(a), int(b)) for a, b in re.findall(rb"GLIBC_(\d+)\.(\d+)", library.read_bytes())]
    if not needed:
        raise SystemExit(f"lake: {library} is not linked with glibc, and nothing else can load it from Python")
    major, minor = max(least, *needed)
    return f"manylinux_{major}_{minor}_{machine}"
