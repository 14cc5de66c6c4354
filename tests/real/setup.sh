#!/bin/sh
# Installs the programs that tests/real runs: Debian's Hugo, Jekyll, nginx, newsboat and epubcheck, Pelican in an environment
# of its own, Eleventy.
# What cannot be installed is said, and its tests are skipped.
# WordPress has a file of its own beside this one.
# usage: tests/real/setup.sh FOLDER
set -eu
folder=$1
mkdir -p "$folder"

wanted=""
command -v hugo >/dev/null || wanted="$wanted hugo"
command -v jekyll >/dev/null || wanted="$wanted jekyll"
command -v npm >/dev/null || wanted="$wanted npm"
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || wanted="$wanted nginx-light"
command -v newsboat >/dev/null || wanted="$wanted newsboat"
command -v epubcheck >/dev/null || wanted="$wanted epubcheck"
if [ -n "$wanted" ]; then
    if ! command -v apt-get >/dev/null; then
        echo "no apt-get here: install$wanted yourself; their tests are skipped until then"
    elif [ "$(id -u)" = 0 ]; then
        timeout 300 apt-get update -q || echo "apt-get cannot update its lists"
        for one in $wanted; do
            DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y -q --no-install-recommends "$one" ||
                echo "$one cannot be installed: its tests are skipped"
        done
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        timeout 300 sudo apt-get update -q || echo "apt-get cannot update its lists"
        for one in $wanted; do
            timeout 900 sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$one" ||
                echo "$one cannot be installed: its tests are skipped"
        done
    else
        echo "neither root nor sudo: install$wanted yourself; their tests are skipped until then"
    fi
fi

if [ ! -x "$folder/pelican/bin/pelican" ]; then
    "${PYTHON:-python3}" -m venv "$folder/pelican"
    "$folder/pelican/bin/python" -m pip --disable-pip-version-check --quiet install pelican==4.12.0 Markdown==3.10 || {
        echo "pelican cannot be installed: its tests are skipped"
        rm -rf "$folder/pelican"
    }
fi
if command -v npm >/dev/null && [ ! -e "$folder/eleventy/node_modules/@11ty/eleventy" ]; then
    mkdir -p "$folder/eleventy"
    timeout 600 npm install --prefix "$folder/eleventy" --silent --no-audit --no-fund --save-exact @11ty/eleventy@3.1.8 || {
        echo "eleventy cannot be installed: its tests are skipped"
        rm -rf "$folder/eleventy"
    }
fi

if [ ! -x "$folder/isso/bin/isso" ]; then
    "${PYTHON:-python3}" -m venv "$folder/isso"
    "$folder/isso/bin/python" -m pip --disable-pip-version-check --quiet install isso==0.13.0 'setuptools<80' || {
        echo "isso cannot be installed: its tests are skipped"
        rm -rf "$folder/isso"
    }
fi

sh "$(dirname "$0")/setup-wordpress.sh"
