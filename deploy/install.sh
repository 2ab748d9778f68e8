#!/bin/sh
# Installs Kassahub as a service on Raspberry Pi OS or Debian, 64-bit. Run it again to repair or update.
#   sudo sh deploy/install.sh            installs this checkout into /opt/kassahub
#   sudo sh deploy/install.sh --dry-run  says what it would do
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
target=/opt/kassahub
packages="nodejs npm git python3 make g++ udev pcscd libpcsclite-dev openssl"

say() { printf '[install] %s\n' "$*"; }
give_up() { printf '[install] %s\n' "$*" >&2; exit 1; }
run() {
	if [ "$dry" = yes ]; then say "would run: $*"; else "$@"; fi
}

dry=no
[ "${1:-}" = --dry-run ] && dry=yes
[ "$dry" = yes ] || [ "$(id -u)" = 0 ] || give_up "this installs a service and must be root: sudo sh deploy/install.sh"

case $(uname -m) in
	aarch64 | x86_64) ;;
	*) give_up "this machine is $(uname -m). Kassahub needs a 64-bit system: install Raspberry Pi OS (64-bit)." ;;
esac
command -v apt-get >/dev/null || give_up "there is no apt-get here. docs/docker.md runs Kassahub anywhere."

say "installing programs: $packages"
run apt-get update -q
run env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages
if [ "$dry" = no ]; then
	major=$(node -p 'process.versions.node.split(".")[0]')
	[ "$major" -ge 20 ] || give_up "this system's Node is $major; 20 is needed to begin. Use Debian 13 or a newer Raspberry Pi OS."
fi

say "making the user kassahub and its folders"
id kassahub >/dev/null 2>&1 || run useradd --system --home-dir /var/lib/kassahub --shell /usr/sbin/nologin kassahub
run install -d -o kassahub -g kassahub -m 0700 /var/lib/kassahub
run install -d -o kassahub -g kassahub -m 0750 /etc/kassahub
[ -e /etc/kassahub/devices.yaml ] || run install -o kassahub -g kassahub -m 0640 "$here/devices.yaml" /etc/kassahub/devices.yaml

if [ "$here" != "$target" ]; then
	say "copying the program to $target"
	run mkdir -p "$target"
	# What is there and no longer belongs is removed; packages and pages are made anew below.
	if [ "$dry" = yes ]; then say "would copy $here to $target"; else
		(cd "$here" && git archive HEAD) | tar -x -C "$target"
	fi
fi

say "installing packages and building the pages: a few minutes the first time"
run sh -c "cd $target && node scripts/setup.js"

say "starting the service"
run install -m 0644 "$target/deploy/kassahub.service" /etc/systemd/system/kassahub.service
run systemctl daemon-reload
run systemctl enable kassahub
run systemctl restart kassahub

say "done. How it is: systemctl status kassahub   What it says: journalctl -u kassahub -e"
say "Open http://kassahub.local:8080/trust on a tablet, or on this network: http://$(hostname -I 2>/dev/null | cut -d' ' -f1):8080/trust"
