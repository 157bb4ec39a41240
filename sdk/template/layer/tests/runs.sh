#!/bin/sh
# modhost finds the layer and its options: sh runs.sh MODHOST PLUGINS
set -eu
"$1" --plugin-path "$2" info my_plugin | grep -q 'linear layer whose outputs are gated'
