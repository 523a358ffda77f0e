#!/bin/bash
# A test program of the build on the guest's kernel.
#
#   program.sh FILE [ARGUMENT]...
exec "$@"
