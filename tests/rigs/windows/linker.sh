#!/bin/sh
# LLD links in a second what MinGW's own linker takes a quarter of a minute for.
exec x86_64-w64-mingw32-gcc -fuse-ld=lld "$@"
