#!/bin/sh
# Stands in for a server that runs already: the SDK insists on starting a program, and ends this one.
exec sleep 2147483647
