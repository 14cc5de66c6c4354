#!/bin/sh
# Installs what tests/real/test_wordpress.py runs: Debian's WordPress with a theme, MariaDB and PHP. None of them is
# started here, and none as a service: the test has a database and a web server of its own, on loopback.
# What cannot be installed is said, and the test is skipped.
# usage: tests/real/setup-wordpress.sh
set -u
complete() {
    [ -e /usr/share/wordpress/wp-load.php ] && command -v php >/dev/null && command -v mariadbd >/dev/null &&
        php -m 2>/dev/null | grep -qi '^mysqli$' && php -m 2>/dev/null | grep -qi '^gd$'
}
themed() {
    ls /usr/share/wordpress/wp-content/themes/*/style.css >/dev/null 2>&1
}
if complete && themed; then
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "no apt-get here: install wordpress, mariadb-server and php-cli yourself; their tests are skipped until then"
    exit 0
fi
as_root=""
if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root="sudo"
    else
        echo "neither root nor sudo: install wordpress, mariadb-server and php-cli yourself; their tests are skipped until then"
        exit 0
    fi
fi
# shellcheck disable=SC2086 # empty for root
install() {
    timeout 900 $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}
# shellcheck disable=SC2086
timeout 300 $as_root apt-get update -q || echo "apt-get cannot update its lists"
complete || install wordpress mariadb-server php-cli php-mysql php-xml php-mbstring php-curl php-gd ||
    echo "wordpress cannot be installed: its tests are skipped"
for theme in twentytwentyfive twentytwentyfour twentytwentythree twentytwentytwo; do
    themed && break
    install "wordpress-theme-$theme" || echo "no theme $theme here"
done
exit 0
