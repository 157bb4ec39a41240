# Masks a saved network of 16 x 16 grey images in a few seconds.
data=$here/../data/torchscript

glyphs=(--dataset glyphs --dataset.side 16 --dataset.channels 1 --dataset.train 64
  --dataset.validation 0 --dataset.test 32 --dataset.tasks ring)
masks=(--method diffmask --method.steps 2 --method.batch_size 16 --method.samples 4
  --method.evaluate_samples 16 --run.threads 1)
script=("${masks[@]}" "${glyphs[@]}" --model torchscript)

# masked FILE FOLDER OPTIONS...
masked() {
  local file=$1 run=$2
  shift 2
  expect 0 "${script[@]}" --model.file "$file" --run.dir "$run" "$@"
  prints "without_ring"
  [ -s "$run/masks/without_ring.safetensors" ] || fail "$run has no mask"
}
