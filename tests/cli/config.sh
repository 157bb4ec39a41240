#!/bin/bash
# Config files that cannot be used are told with their place and exit code 2.
. "$(dirname "$0")/helpers.bash"

refused() { # refused TEXT-OF-CONFIG WORDS
  printf "$1" >a.toml
  expect 2 --config a.toml
  one_error "$2"
}

expect 2 --config none.toml
one_error "cannot read 'none.toml': No such file or directory"
expect 2 --config .
one_error "cannot read '.': Is a directory"
refused '[method\n' "a.toml:1:"
refused '[method]\nname = "diffm' "a.toml:2:"
refused '[method]\nname = "\377"\n' "a.toml:2:"
refused '[methods]\n' "a.toml:1:2: unknown section 'methods'"
refused 'alpha = 1\n' "a.toml:1:1: unknown key outside of all sections 'alpha'"
refused '[method]\nname = 3\n' "a.toml:2:8: 'method.name' takes the name of a method, not 3"
refused '[run]\nseed = 1979-05-27\n' "a.toml:2:8: 'run.seed' is a date or time"
head -c 5000000 /dev/zero >big.toml
expect 2 --config big.toml
one_error "'big.toml' holds 5000000 bytes"
mkfifo pipe.toml
expect 2 --config pipe.toml
one_error "'pipe.toml'"
