#include <modhost/plugin.h>

#include "csv_dataset.h"
#include "folder_dataset.h"
#include "npz_dataset.h"

MODHOST_PLUGIN(registry) {
  using namespace modhost_own_data;
  registry.dataset<Csv>("csv", "a table of your own");
  registry.dataset<ImageFolder>("image_folder", "images of your own, a folder for each class");
  registry.dataset<Npz>("npz", "arrays of your own, saved by NumPy");
}
