#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make the disk of a whole Debian machine, once, and keep it in the cache folder.

By hand, as root: scripts/lib/debian_image.py bookworm|trixie

The machine has systemd, Debian's kernel with headers, dkms and ipmitool; the packages of
a second kernel are on its disk, and not installed.
"""
import contextlib
import fcntl
import hashlib
import os
import pathlib
import platform
import shutil
import subprocess
import sys

from vm import CACHE, GUEST, run

PACKAGES = ("linux-image-amd64,linux-headers-amd64,initramfs-tools,zstd,dkms,openssl,ipmitool,"
            "python3,systemd-sysv,udev,dbus,kmod,psmisc")
SECOND_KERNEL = "linux-image-amd64 linux-headers-amd64"
DISK_SIZE = "8G"
# How many disks of a suite are kept: those of two checkouts.
KEPT = 2


def mirror():
    """Where this machine gets its packages from."""
    codename = platform.freedesktop_os_release()["VERSION_CODENAME"]
    return run("apt-get", "indextargets", "--format", "$(REPO_URI)",
               "Created-By: Packages", f"Codename: {codename}").split()[0]


def in_root(root, text):
    """Run shell text in a root, with the network of this machine."""
    script = (f"set -e; mount -t proc proc {root}/proc; mount --bind /dev {root}/dev; "
              f"cp /etc/resolv.conf {root}/etc/resolv.conf; exec chroot {root} "
              "env -i PATH=/usr/sbin:/usr/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "
              'bash -ec "$1"')
    return run("unshare", "--mount", "bash", "-c", script, "bash", text)


def configure(root, suite, source):
    """Let the root be a machine that runs the scripts of the bed."""
    for name, text in [("hostname", "debian"), ("fstab", "/dev/vda / ext4 errors=remount-ro 0 1"),
                       ("apt/sources.list", "".join(f"deb {source} {each} main\n" for each in
                                                    (suite, f"{suite}-backports")))]:
        (root / "etc" / name).write_text(text + "\n")
    shutil.copy(GUEST / "debian.sh", root / "usr/local/sbin/bed")
    shutil.copy(GUEST / "debian.service", root / "etc/systemd/system/bed.service")
    # Without a network, and at no time of its own.
    in_root(root, "systemctl enable bed.service; passwd -d root; "
            "systemctl disable apt-daily.timer apt-daily-upgrade.timer")
    in_root(root, "apt-get clean; apt-get update -q; apt-get install -qy --download-only "
            f"--no-install-recommends -t {suite}-backports {SECOND_KERNEL}")


def make(suite, folder):
    """Make a disk, and beside it what its boot loader would start."""
    with contextlib.ExitStack() as undo:
        root = folder / "root"
        undo.callback(shutil.rmtree, root, ignore_errors=True)
        source = mirror()
        # What it mounts goes with it, also when it is killed.
        run("unshare", "--mount", "debootstrap", f"--include={PACKAGES}", suite, root, source)
        configure(root, suite, source)
        for name in ("vmlinuz", "initrd.img"):
            shutil.copy(root / name, folder / name)
        run("mke2fs", "-q", "-t", "ext4", "-d", root, folder / "raw", DISK_SIZE)
        run("qemu-img", "convert", "-O", "qcow2", folder / "raw", folder / "disk")
        (folder / "raw").unlink()


def key_of(suite):
    """What makes the disk."""
    parts = [pathlib.Path(__file__), GUEST / "debian.sh", GUEST / "debian.service"]
    return f"{suite}-" + hashlib.sha256(b"".join(path.read_bytes() for path in parts)
                                        ).hexdigest()[:12]


def drop_old(cache, suite):
    """Keep the disks that were used last."""
    found = [path for path in cache.glob(f"{suite}-*") if (path / "disk").exists()]
    for old in sorted(found, key=os.path.getmtime)[:-KEPT]:
        shutil.rmtree(old)


def image(suite):
    """The folder of a suite's machine; it is made if it is not there."""
    cache = CACHE / "debian"
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / key_of(suite)
    with open(cache / f"lock-{suite}", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            new = cache / f"new-{suite}"
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir()
            make(suite, new)
            new.rename(folder)
            drop_old(cache, suite)
        os.utime(folder)
    return folder


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        print(image(sys.argv[1]))
    except subprocess.SubprocessError as why:
        sys.exit(str(why))
