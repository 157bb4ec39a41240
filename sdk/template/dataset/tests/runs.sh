#!/bin/sh
# modhost finds the dataset and its options: sh runs.sh MODHOST PLUGINS
set -eu
"$1" --plugin-path "$2" info my_plugin | grep -q -- '--dataset.fields'
