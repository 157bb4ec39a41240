# A run of diffmask on scl and raven that takes a few seconds.
tiny=(--method diffmask --model scl
  --dataset.side 32 --dataset.train 64 --dataset.validation 0 --dataset.test 16
  --dataset.task_train 32 --dataset.task_test 16 --dataset.tasks square,circle
  --train.epochs 1 --train.batch_size 16 --method.steps 2 --method.batch_size 16
  --method.samples 4 --method.evaluate_samples 16 --run.threads 1)
