#!/usr/bin/env python3
"""Makes a release: everything that is handed out, in one folder.

    release.py <folder>                        all of it
    release.py <folder> only=amd64,windows     the machines that are named alone
    release.py <folder> key=<private key>      signed with ssh-keygen, too, for the identity liblake
    release.py <folder> work=<folder>          where it builds; build/release if not said

It takes what is committed, and refuses a checkout with changes in it. The same commit gives
the same bytes in any folder: the time in them is that of the commit, compilers learn no
folder's name. `make release` says more, docs/install.md what each file is for.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Machine:
    """A kind of machine with Linux, under its name in Debian, or Windows on amd64."""

    name: str
    zig: str
    goarch: str
    emulation: str = ""  # of ld
    binutils: str = ""  # what their names begin with: those of amd64 know i386, too

    @property
    def windows(self) -> bool:
        return self.name == "windows"

    @property
    def platform(self) -> str:
        return "windows-amd64" if self.windows else f"linux-{self.name}"


MACHINES = [
    Machine("amd64", "x86_64-linux-gnu.2.17", "amd64", "elf_x86_64"),
    Machine("arm64", "aarch64-linux-gnu.2.17", "arm64", "aarch64linux", "aarch64-linux-gnu-"),
    Machine("armhf", "arm-linux-gnueabihf.2.17", "arm", "armelf_linux_eabi", "arm-linux-gnueabihf-"),
    # Its first glibc is 2.27.
    Machine("riscv64", "riscv64-linux-gnu.2.27", "riscv64", "elf64lriscv", "riscv64-linux-gnu-"),
    Machine("i386", "x86-linux-gnu.2.17", "386", "elf_i386"),
    Machine("windows", "x86_64-windows-gnu", "amd64"),
]


def run(*command: object, cwd: Path = ROOT, output: bool = False, **environment: str) -> str:
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=cwd, env={**os.environ, **environment}, check=True,
            stdout=subprocess.PIPE, stderr=None if output else subprocess.STDOUT, text=True,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        sys.exit(f"release: {' '.join(map(str, command))}\n{error.stdout}")
    return done.stdout


def pack(folder: Path, archive: Path, epoch: int) -> None:
    """An archive of a folder (.tar.gz or .zip), the same for the same content."""
    paths = sorted(folder.rglob("*"))

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = epoch
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
            for path in paths:
                if path.is_file():
                    entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder)}", time.gmtime(epoch)[:6])
                    entry.external_attr = 0o644 << 16
                    file.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
        return
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.GNU_FORMAT) as tar:
        tar.add(folder, folder.name, recursive=False, filter=plain)
        for path in paths:
            tar.add(path, f"{folder.name}/{path.relative_to(folder)}", recursive=False, filter=plain)
    with archive.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=epoch) as packed:
        packed.write(content.getvalue())


class Release:
    def __init__(self, dist: Path, work: Path, machines: list[Machine]) -> None:
        self.dist, self.work, self.machines = dist, work, machines
        self.linked: list[Path] = []  # what has Go modules in it
        changes = run("git", "status", "--porcelain", output=True)
        if changes:
            sys.exit(f"release: these are not committed:\n{changes}")
        self.version = (ROOT / "VERSION").read_text().strip()
        self.epoch = int(run("git", "log", "-1", "--format=%ct", output=True))
        os.environ.update(SOURCE_DATE_EPOCH=str(self.epoch), GOFLAGS="-mod=vendor", LC_ALL="C", TZ="UTC")
        os.umask(0o022)
        for folder in (dist, work):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)

    def source(self) -> None:
        """What is committed, with the Go modules that it needs."""
        self.tree = self.work / f"liblake-{self.version}"
        archive = subprocess.run(["git", "archive", f"--prefix={self.tree.name}/", "HEAD"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(self.work, filter="fully_trusted")
        run("go", "mod", "vendor", cwd=self.tree, GOFLAGS="-mod=mod")
        pack(self.tree, self.dist / f"{self.tree.name}-source.tar.gz", self.epoch)  # the sdist has the name without

    def compilers(self) -> None:
        # Not in the work folder: what Go has compiled with one compiler is not used for another.
        self.zig = ROOT / "build" / "zig"
        run("tools/zig.sh", self.zig, *(machine.zig for machine in self.machines))
        self.python = self.zig / "venv/bin/python"
        run(self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "build==1.6.1", "hatchling==1.33.0")

    def binaries(self, machine: Machine) -> None:
        """The library, its headers and the commands, and for Linux wheels with the same files."""
        build = self.work / machine.name
        system = "Windows" if machine.windows else "Linux"
        environment = {
            "GOOS": system.lower(), "GOARCH": machine.goarch, "GOARM": "7", "GO386": "sse2", "CGO_ENABLED": "1",
            "LDEMULATION": machine.emulation, "PKG_CONFIG_PATH": "",
            "CGO_CFLAGS": "-O2 -g0", "CGO_LDFLAGS": "-O2",  # Zig has debug information, with its folders in it, unless told
        }  # fmt: skip
        if machine.windows:
            tools = {"DLLTOOL": str(self.zig / "dlltool")}
        else:
            tools = {tool: shutil.which(machine.binutils + program) for tool, program in (("LINKER", "ld"), ("OBJCOPY", "objcopy"), ("AR", "ar"))}
        if None in tools.values():
            sys.exit(f"release: binutils for {machine.name} are missing: install binutils-{machine.binutils.rstrip('-')}")
        run("cmake", "-S", self.tree, "-B", build, f"-DCMAKE_SYSTEM_NAME={system}", f"-DCMAKE_SYSTEM_PROCESSOR={machine.zig.split('-')[0]}",
            f"-DCMAKE_C_COMPILER={self.zig}/{machine.zig}-cc", *(f"-DCMAKE_{tool}={path}" for tool, path in tools.items()),
            "-DCMAKE_INSTALL_PREFIX=/usr/local", "-DCMAKE_INSTALL_LIBDIR=lib",
            "-DLAKE_BUILD_TESTS=OFF", "-DLAKE_BUILD_EXAMPLES=OFF", **environment)  # fmt: skip
        run("cmake", "--build", build, **environment)
        stage = self.work / f"{machine.name}-stage"
        run("cmake", "--install", build, DESTDIR=str(stage))
        folder = self.work / f"liblake-{self.version}-{machine.platform}"
        (stage / "usr/local").rename(folder)
        for notice in ("LICENSE", *(path.name for path in self.tree.glob("THIRD-PARTY*"))):
            shutil.copy(self.tree / notice, folder)
        if machine.windows:  # its C runtime is in the DLL
            mingw = next(self.zig.glob("venv/lib/python*/site-packages/*/lib/libc/mingw/COPYING"))
            shutil.copy(mingw, folder / "THIRD-PARTY.mingw-w64")
        pack(folder, self.dist / f"{folder.name}.{'zip' if machine.windows else 'tar.gz'}", self.epoch)
        if machine.windows:
            self.linked += [folder / "bin/lake.dll", folder / "bin/lake-explain.exe"]
        else:
            self.linked += [folder / f"lib/liblake.so.{self.version}", folder / "bin/lake-tunnel", folder / "bin/lake-explain"]
            self.python_package("wheel", LAKE_LIBRARY=str(build / "liblake.so"), LAKE_EXPLAIN=str(build / "lake-explain"))

    def sdists(self) -> None:
        self.python_package("sdist")

    def python_package(self, kind: str, **environment: str) -> None:
        for folder in ("bindings/python", "bindings/python/explain"):
            run(self.python, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", self.dist, self.tree / folder, **environment)

    def crates(self) -> None:
        """cargo package follows the links in source/ to liblake itself."""
        target = self.work / "cargo"
        rust = self.tree / "bindings/rust"
        (rust / "lake-sys/source/vendor").symlink_to("../../../../vendor")
        members = json.loads(run("cargo", "metadata", "--no-deps", "--format-version", "1", "--manifest-path", rust / "Cargo.toml", output=True))
        names = [package["name"] for package in members["packages"] if package["publish"] is None]
        run("cargo", "package", "--no-verify", "--allow-dirty", "--target-dir", target, *(f"-p={name}" for name in names), cwd=rust)
        for name in names:
            shutil.copy(target / "package" / f"{name}-{self.version}.crate", self.dist)

    def debian(self) -> None:
        """Packages for this machine's Debian, by its own compiler."""
        tree = self.work / "debian" / self.tree.name
        shutil.copytree(self.tree, tree, symlinks=True)
        shutil.copytree(tree / "packaging/debian", tree / "debian")
        run("dpkg-buildpackage", "--build=binary", "--unsigned-changes", "--unsigned-buildinfo", cwd=tree)
        for package in (self.work / "debian").glob("*.deb"):
            shutil.copy(package, self.dist)

    def notes(self) -> None:
        sections = (self.tree / "CHANGELOG.md").read_text().split("\n## ")
        mine = next((section for section in sections if section.startswith(self.version)), None)
        if mine is None:
            sys.exit(f"release: CHANGELOG.md has no section {self.version}")
        (self.dist / "RELEASE-NOTES.md").write_text(f"# liblake {mine.strip()}\n")

    def bill(self) -> None:
        """CycloneDX: what is linked in, and what the packages ask for beside them."""
        components: dict[str, dict[str, object]] = {}

        def add(kind: str, name: str, version: str | None, scope: str, used: str) -> None:
            purl = f"pkg:{kind}/{name}" + (f"@{version}" if version else "")
            group, _, short = name.rpartition("/")
            entry = {"type": "library", "bom-ref": purl, "purl": purl, "name": short, "scope": scope,
                     "properties": [{"name": "lake:used-by", "value": used}]}  # fmt: skip
            components.setdefault(purl, entry | ({"group": group} if group else {}) | ({"version": version} if version else {}))

        for binary in self.linked:
            lines = run("go", "version", "-m", binary, output=True).splitlines()
            add("golang", "stdlib", re.search(r"go([\d.]+)", lines[0].rsplit(":", 1)[1])[1], "required", binary.name)
            for line in lines:
                fields = line.split()
                if fields[0] == "dep":
                    add("golang", fields[1], fields[2], "required", binary.name)
        project = tomllib.loads((self.tree / "bindings/python/pyproject.toml").read_text())["project"]
        asked = [(name, "required") for name in project.get("dependencies", [])]
        asked += [(name, "optional") for names in project.get("optional-dependencies", {}).values() for name in names]
        for requirement, scope in asked:
            add("pypi", re.match(r"[\w.-]+", requirement)[0].lower(), None, scope, project["name"])
        metadata = json.loads(run("cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", self.tree / "bindings/rust/Cargo.toml", output=True))
        packages = {package["id"]: package for package in metadata["packages"]}
        needs = {node["id"]: [d["pkg"] for d in node["deps"] if any(k["kind"] != "dev" for k in d["dep_kinds"])] for node in metadata["resolve"]["nodes"]}
        todo = [p["id"] for p in packages.values() if p["source"] is None and p["publish"] is None]
        seen = set(todo)
        for id in todo:
            for other in needs[id]:
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
                    add("cargo", packages[other]["name"], packages[other]["version"], "required", "the crates")
        own = {"type": "library", "bom-ref": f"pkg:generic/liblake@{self.version}", "name": "liblake", "version": self.version,
               "purl": f"pkg:generic/liblake@{self.version}", "licenses": [{"license": {"id": project["license"]}}]}  # fmt: skip
        from datetime import datetime, timezone

        bom = {
            "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"timestamp": datetime.fromtimestamp(self.epoch, timezone.utc).isoformat(), "component": own},
            "components": [components[purl] for purl in sorted(components)],
            "dependencies": [{"ref": own["bom-ref"], "dependsOn": sorted(components)}],
        }  # fmt: skip
        (self.dist / f"liblake-{self.version}.cdx.json").write_text(json.dumps(bom, indent=2) + "\n")

    def sums(self, key: str | None) -> None:
        lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(self.dist.iterdir())]
        (self.dist / "SHA256SUMS").write_text("\n".join(lines) + "\n")
        if key:
            run("ssh-keygen", "-Y", "sign", "-q", "-n", "liblake", "-f", key, self.dist / "SHA256SUMS")
            signers = self.work / "allowed_signers"
            signers.write_text("liblake " + run("ssh-keygen", "-y", "-f", key, output=True))
            with (self.dist / "SHA256SUMS").open() as file:
                subprocess.run(["ssh-keygen", "-Y", "verify", "-q", "-f", signers, "-I", "liblake", "-n", "liblake",
                                "-s", self.dist / "SHA256SUMS.sig"], stdin=file, check=True)  # fmt: skip


def main(arguments: list[str]) -> None:
    if not arguments or arguments[0].startswith("-"):
        sys.exit(__doc__)
    options = dict(argument.split("=", 1) for argument in arguments[1:])
    chosen = options.get("only", ",".join(machine.name for machine in MACHINES)).split(",")
    unknown = set(chosen) - {machine.name for machine in MACHINES}
    if unknown:
        sys.exit(f"release: the machines are {', '.join(machine.name for machine in MACHINES)}, not {', '.join(unknown)}")
    machines = [machine for machine in MACHINES if machine.name in chosen]
    release = Release(Path(arguments[0]).resolve(), Path(options.get("work", ROOT / "build/release")).resolve(), machines)

    def step(text: str, do: object, *given: object) -> None:
        print(f"release: {text}", flush=True)
        do(*given)  # type: ignore[operator]

    step("the source with its modules", release.source)
    step("compilers", release.compilers)
    for machine in machines:
        step(machine.name, release.binaries, machine)
    step("sdists", release.sdists)
    step("crates", release.crates)
    step("Debian packages", release.debian)
    step("notes and bill of materials", release.notes)
    release.bill()
    release.sums(options.get("key"))
    for path in sorted(release.dist.iterdir()):
        print(f"{path.stat().st_size:>10,}  {path.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
