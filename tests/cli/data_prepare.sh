#!/bin/bash
# Files that a dataset reads: fetched from a server that breaks, lies and is slow, and checked.
. "$(dirname "$0")/helpers.bash"
plugin=$(dirname "$(dirname "$modhost")")/tests/bad_plugins/reads_files
[ -d "$plugin" ] || fail "the plugin of this test is not built: $plugin"
export MODHOST_PLUGIN_PATH=$plugin MODHOST_DATA=$work/home no_proxy=127.0.0.1

mkdir web
head -c 1500000 /dev/urandom >web/a.bin
head -c 1000 /dev/urandom >web/b.bin
hash=$(sha256sum web/a.bin | cut -d ' ' -f 1)
coproc server { exec python3 "$here/../server/server.py" web requests; }
read -r port <&"${server[0]}"
host=127.0.0.1:$port
a_from() { # a_from BEHAVIOUR...: the option that asks for a.bin, and where it is to be had
  local text="a.bin;1500000;$hash"
  for behaviour in "$@"; do text="$text;http://$host/$behaviour/a.bin"; done
  echo "--dataset.files=$text"
}
prepare() { # prepare CODE FOLDER OPTIONS...
  expect "$1" data prepare reads_files --dataset.folder "$2" "${@:3}"
}
last_request() { tail -1 requests; }

# Nothing to fetch, nobody to ask.
expect 0 data prepare glyphs
prints "dataset 'glyphs' reads no files"
expect 0 data verify glyphs
expect 2 data prepare
one_error "'modhost data prepare' needs the name of a dataset"
expect 2 data prepare glyphs more
one_error "'more' is one word too many"

# Over connections that hang up; afterwards it is there and nobody is asked again.
prepare 0 broken "$(a_from drops)"
prints "a.bin  fetched  1,500,000 bytes"
cmp web/a.bin broken/a.bin || fail "the parts do not make the whole"
[ "$(grep -c '^/drops' requests)" -eq 3 ] || fail "it was not continued"
prepare 0 broken "$(a_from error)"
prints "a.bin  there  1,500,000 bytes"
[ ! -s err ] || fail "words about nothing"
expect 0 data verify reads_files --dataset.folder broken "$(a_from)"

stopped() { # stopped SIGNAL FOLDER CODE BYTES: ends a slow transfer when so much is there
  local got=0
  "$modhost" data prepare reads_files --dataset.folder "$2" "$(a_from slow)" >out 2>err &
  for _ in $(seq 400); do
    [ "$(stat -c %s "$2/a.bin.part" 2>/dev/null || echo 0)" -lt "$4" ] || break
    sleep 0.02
  done
  kill "-$1" $! || fail "it was over before SIG$1"
  wait $! 2>/dev/null || got=$?
  [ "$got" -eq "$3" ] || fail "SIG$1 gave exit code $got"
  [ ! -e "$2/a.bin" ] || fail "half a file has the name of the whole"
  cmp -n "$(stat -c %s "$2/a.bin.part")" web/a.bin "$2/a.bin.part" || fail "the part is wrong"
}
stopped KILL killed 137 200000
stopped KILL killed 137 600000
grep -q '^/slow/a.bin bytes=' requests || fail "the second did not go on"
size=$(stat -c %s killed/a.bin.part)
prepare 0 killed "$(a_from plain)"
[ "$(last_request)" = "/plain/a.bin bytes=$size- 206" ] || fail "not continued: $(last_request)"
cmp web/a.bin killed/a.bin || fail "killed and continued is not the whole"
stopped INT asked 130 200000
says "interrupted while fetching 'a.bin'; the same command goes on with 'asked/a.bin.part'"
prepare 0 asked "$(a_from no_range)" # begins anew: this server knows no ranges
cmp web/a.bin asked/a.bin || fail "begun anew is not the whole"

# Addresses that are of no use, and the next one; all of them of no use.
prepare 0 second "$(a_from missing error wrong short to_file plain)"
cmp web/a.bin second/a.bin || fail "not the file of the last address"
prepare 1 nothing "$(a_from wrong)" --quiet
one_error "cannot fetch 'a.bin' from '$host': SHA-256 "
one_error "expected $hash; it was removed"
prepare 1 nothing "$(a_from missing error)" --dataset.source example.org/a --quiet
one_error "'$host': HTTP 404; from '$host': HTTP 503; fetch it by hand from example.org/a into"
prepare 1 nothing "--dataset.files=a.bin;0;;http://no-such-host.invalid/a.bin"
one_error "cannot fetch 'a.bin' from 'no-such-host.invalid': "
prepare 1 nothing "--dataset.files=a.bin;0;;file:///etc/hostname"
one_error "only http and https are used"
[ -z "$(ls nothing)" ] || fail "something is left of nothing: $(ls nothing)"

# What no address is known of; what has no hash.
prepare 1 hand --dataset.files "b.bin;0;;http://$host/plain/b.bin,c.bin;77" \
  --dataset.source example.org/c
prints "b.bin  fetched  1,000 bytes, not checked: no SHA-256 is known"
prints "c.bin  missing  77 bytes expected"
says "dataset 'reads_files': put into 'hand' by hand: c.bin (77 bytes); they are to be had from"
prepare 0 hand --dataset.files "b.bin;0;;http://$host/plain/b.bin" --json --quiet
prints '{"event":"file","name":"b.bin","folder":"hand","state":"there","bytes":1000,"checked":false}'
prepare 0 hand --dataset.files "b.bin;0;;http://$host/plain/b.bin" --quiet
[ ! -s out ] || fail "--quiet is not quiet"

# Verify tells missing, too short and changed files apart.
mkdir checked
head -c 1499999 web/a.bin >checked/a.bin
expect 1 data verify reads_files --dataset.folder checked "$(a_from),b.bin;0"
prints "a.bin  wrong size  1,499,999 bytes, expected 1,500,000"
prints "b.bin  missing"
says "dataset 'reads_files': of 2 files 1 missing, 1 wrong; 'modhost data prepare reads_files'"
(cat checked/a.bin && printf x) >changed && mv changed checked/a.bin
if cmp -s web/a.bin checked/a.bin; then printf y | dd of=checked/a.bin bs=1 seek=7 conv=notrunc; fi
expect 1 data verify reads_files --dataset.folder checked "$(a_from)"
prints "a.bin  wrong content  SHA-256 $(sha256sum checked/a.bin | cut -d ' ' -f 1), expected $hash"
prepare 0 checked "$(a_from plain)"
cmp web/a.bin checked/a.bin || fail "the wrong file was not replaced"

# A disk that is full: what came is kept; a folder that cannot be.
got=0
(ulimit -f 500; "$modhost" data prepare reads_files --dataset.folder full "$(a_from plain)" \
  >out 2>err) || got=$?
[ "$got" -eq 1 ] || fail "a full disk gave exit code $got"
says "modhost: cannot write 'full/a.bin.part': File too large"
[ ! -e full/a.bin ] || fail "a file for which there was no room"
prepare 0 full "$(a_from plain)"
cmp web/a.bin full/a.bin || fail "not continued when there was room again"
prepare 1 web/b.bin "$(a_from plain)"
one_error "cannot create the folder 'web/b.bin': "
prepare 1 other "--dataset.files=../a.bin;0;;http://$host/plain/a.bin"
one_error "names a file '../a.bin' that is not within its folder"

# Nothing is fetched silently; when asked, before a run and before an export, into the usual folder.
run=(--method diffmask --model mlp --dataset reads_files --model.hidden 4 --train.epochs 1
  --train.batch_size 16 --method.steps 2 --method.batch_size 8 --method.evaluate_samples 16
  --run.threads 1 "$(a_from plain)")
: >requests
expect 1 "${run[@]}" --run.dir run
says "dataset 'reads_files': not in '$work/home/reads_files': a.bin (1,500,000 bytes)"
says "fetch with 'modhost data prepare reads_files'"
expect 1 data export reads_files copied "$(a_from plain)"
[ ! -s requests ] || fail "it was fetched without being asked for"
expect 0 "${run[@]}" --run.dir run --dataset.download true
cmp web/a.bin home/reads_files/a.bin || fail "the run fetched something else"
says "fetching a.bin: 1,500 KB"
rm home/reads_files/a.bin
expect 0 data export reads_files copied "$(a_from plain)" --dataset.download true
cmp web/a.bin copied/copy || fail "the export is of something else"
[ "$(wc -l <requests)" -eq 2 ] || fail "fetched more than once: $(cat requests)"
# Where files come from makes no other run.
expect 0 "${run[@]}" --run.dir run
says "this run was finished earlier"
expect 1 "${run[@]}" --run.dir other --dataset.download true --dataset.folder elsewhere \
  "$(a_from missing)"
says "cannot fetch 'a.bin' from '$host': HTTP 404"
[ ! -e other ] || fail "a folder for a run that could not begin"

# scan generates unless the official files are asked for.
expect 1 data verify scan
prints "simple_split/tasks_train_simple.txt"
[ "$(grep -c ' missing' out)" -eq 8 ] || fail "not the eight files"
expect 0 data export scan home/scan --quiet
expect 0 data verify scan --dataset.tasks jump
[ "$(grep -c 'no SHA-256 is known' out)" -eq 4 ] || fail "not the files of the splits in use"
expect 2 data verify scan --dataset.download true
one_error "'--dataset.source official'"
