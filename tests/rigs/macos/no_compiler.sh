#!/bin/sh
# Stands in for Apple's compiler, archiver and indexer, which only a Mac may have: writes the file that was asked for,
# empty. Enough for a type check, which reads no machine code.
for argument; do
    if [ "$previous" = -o ]; then : >"$argument"; exit; fi
    case $argument in *.a) : >"$argument" ;; esac
    previous=$argument
done
