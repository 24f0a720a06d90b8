#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# In a whole Debian machine, once it has booted: run the script of the shared folder, leave
# its output, its exit status and what boots next there, and switch the machine off.
mkdir -p /run/bed
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 bed /run/bed || exit 1
cd /run/bed || exit 1
export HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
bash ./script >output 2>&1 </dev/null
status=$?
# The boot loader of this machine is QEMU, which boots these two. Their dates say nothing:
# a kernel is as old as its package.
for file in vmlinuz initrd.img; do
    cmp -s "/$file" "$file" || cp "/$file" . || status=125
done
echo $status >status.new && mv status.new status
sync
systemctl poweroff --no-block
