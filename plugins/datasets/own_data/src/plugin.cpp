#include <modhost/plugin.h>

#include "csv_dataset.h"
#include "folder_dataset.h"
#include "imagenet_dataset.h"
#include "npz_dataset.h"

MODHOST_PLUGIN(registry) {
  using namespace modhost_own_data;
  registry.dataset<Csv>("csv", "a table of your own");
  registry.dataset<ImageFolder>("image_folder", "images of your own, a folder for each class");
  registry.dataset<ImageNetFolder>("imagenet_folder", "images of ImageNet that you have")
      .paper("Deng et al. 2009; Russakovsky et al. 2015, arXiv:1409.0575");
  registry.dataset<Npz>("npz", "arrays of your own, saved by NumPy");
}
