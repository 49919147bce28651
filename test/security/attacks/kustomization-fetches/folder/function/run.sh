#!/bin/sh
echo was run >&2
cat
