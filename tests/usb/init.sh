#!/bin/busybox sh
# The guest's first process: loads a USB bus that is made of memory (dummy_hcd) and what can hang on it, makes the host's
# files its own (read-only, with memory on top), and runs the checks there. Started by scripts/usb-guest.js.
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev

for module in virtio_pci 9pnet_virtio 9p overlay dummy_hcd libcomposite usb_f_printer usb_f_acm usb_f_hid \
	usblp cdc_acm usbhid hid_generic evdev; do
	modprobe "$module" || echo "not ok - module $module"
done

mkdir -p /host /memory /root
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=loose,ro host /host
mount -t tmpfs tmpfs /memory
mkdir /memory/changed /memory/work
mount -t overlay -o lowerdir=/host,upperdir=/memory/changed,workdir=/memory/work overlay /root
for folder in proc sys dev; do mount --bind "/$folder" "/root/$folder"; done
mount -t configfs configfs /root/sys/kernel/config
mkdir -p /root/dev/pts
mount -t devpts devpts /root/dev/pts
mount -t tmpfs tmpfs /root/run
ifconfig lo 127.0.0.1 up

setting() {
	sed -n "s/.*\b$1=\([^ ]*\).*/\1/p" /proc/cmdline
}
PROJECT=$(setting project)
export PATH="/usr/sbin:/usr/bin:/sbin:/bin"
# Hot-plug events and the names under /dev/serial and /dev/input come from udev; it would not start in a chroot by itself.
SYSTEMD_IGNORE_CHROOT=1 chroot /root /lib/systemd/systemd-udevd --daemon
export NODE_COMPILE_CACHE="$(setting compiled)"
chroot /root /bin/sh -c "cd '$PROJECT' && exec node_modules/node/bin/node --input-type=module -e \
	\"import { run } from './tests/usb/run.ts'; await run();\""
echo "guest rc $?"
/bin/busybox poweroff -f
