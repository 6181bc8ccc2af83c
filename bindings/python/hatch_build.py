"""Puts liblake.so and lake-explain into the wheel, and what they are built from into the sdist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
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
# As in CMakeLists.txt: the way in, and no signals between threads.
GO_LINK = "-E=lakec_start -X=runtime.godebugDefault=asyncpreemptoff=1 -s -w"


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
        build_data["force_include"][str(find_or_build_explain())] = "lake/lake-explain"
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
    link = f"-Wl,-soname,liblake.so.0 -Wl,-z,now '-Wl,--version-script={ENGINE}/capi/abi/lake.map'"
    subprocess.run(
        ["go", "build", "-trimpath", "-buildvcs=false", "-tags=netgo,osusergo", "-buildmode=c-shared",
         f'-ldflags=-buildid= {GO_LINK} "-extldflags={link}"', "-o", str(library), "./capi"],
        cwd=ENGINE, env={**os.environ, "CGO_ENABLED": "1"}, check=True,
    )  # fmt: skip
    return library


def find_or_build_explain() -> Path:
    """LAKE_EXPLAIN, else the build folder's, else a new one. It is static."""
    given = os.environ.get("LAKE_EXPLAIN")
    if given:
        return Path(given).resolve()
    built = ENGINE / "build" / "lake-explain"
    if built.exists():
        return built.resolve()
    program = Path(tempfile.mkdtemp(prefix="lake-")) / "lake-explain"
    subprocess.run(
        ["go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-buildid= -s -w", "-o", str(program),
         "./cmd/lake-explain"],
        cwd=ENGINE, env={**os.environ, "CGO_ENABLED": "0"}, check=True,
    )  # fmt: skip
    return program


def platform_tag(library: Path) -> str:
    """manylinux_<the newest glibc that the library asks for>_<machine>."""
    needed = re.findall(rb"GLIBC_(\d+)\.(\d+)", library.read_bytes())
    major, minor = max((int(a), int(b)) for a, b in needed)
    machine = sysconfig.get_platform().removeprefix("linux-").replace("-", "_")
    return f"manylinux_{major}_{minor}_{machine}"
