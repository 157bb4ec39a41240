// Pictures of ImageNet's layout; scaled as Pillow does it: tests/data/imagenet/make_imagenet.py.
#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/picture.h>

#include "imagenet_dataset.h"
#include "own_data_helpers.h"
#include "triangle_resize.h"

using namespace modhost;
using namespace modhost_own_data;
using namespace own_data_tests;
using Catch::Contains;

namespace {

const std::string kPictures = MODHOST_TEST_DATA "/imagenet/";

Tensor pillow(const std::string& name) {
  static const NpzArrays all = read_npz(kPictures + "expected.npz");
  const NpyArray& array = all.at(name);
  return torch::from_blob(const_cast<uint8_t*>(array.bytes.data()), array.shape,
                          array.descr == "<f4" ? torch::kFloat : torch::kByte)
      .clone();
}

std::string picture(uint8_t red) { return Picture(12, 10, {red, 100, 200}).png(); }

std::shared_ptr<ImageNetOptions> options_for(const std::filesystem::path& folder) {
  auto options = std::make_shared<ImageNetOptions>();
  options->folder.set(folder.string());
  options->resize.set(8);
  options->crop.set(7);
  options->normalize.set("unit");
  return options;
}

// Three synsets with four images each, whose red is 10 * class + image.
void write_synsets(const TemporaryFolder& folder, const std::string& prefix) {
  const std::vector<std::string> names{"n01440764", "n01443537", "n02123045"};
  for (uint8_t i = 0; i < 12; ++i) {
    const auto label = static_cast<uint8_t>(i / 4);
    folder.write(prefix + names[label] + "/ILSVRC2012_val_" + std::to_string(10 + i) + ".PNG",
                 picture(static_cast<uint8_t>(10 * label + i % 4)));
  }
}

// The reds of all images of a split, in their order.
std::vector<int64_t> reds(const Source& source) {
  const Tensor red = (everything(source).input.select(1, 0).amax({1, 2}) * 255).round();
  std::vector<int64_t> out;
  for (int64_t i = 0; i < red.numel(); ++i) out.push_back(red[i].item<int64_t>());
  return out;
}

std::vector<int64_t> labels(const Source& source) {
  const Tensor target = everything(source).target;
  return {target.data_ptr<int64_t>(), target.data_ptr<int64_t>() + target.numel()};
}

}  // namespace

TEST_CASE("pictures are scaled and cut to the bit as Pillow does it", "[own_data][imagenet]") {
  for (const std::string name : {"wide", "tall", "square", "small"}) {
    const std::string file = kPictures + name + ".png";
    const RgbImage image = decode_image(read_file(file), 10'000, file);
    for (const auto& [side, crop] :
         std::vector<std::pair<int64_t, int64_t>>{{32, 28}, {16, 15}, {40, 40}}) {
      INFO(name << " " << side << " " << crop);
      Tensor out = torch::empty({3, crop, crop}, torch::kByte);
      resize_and_crop(image, side, crop, out.data_ptr<uint8_t>());
      CHECK(torch::equal(out,
                         pillow(name + "_" + std::to_string(side) + "_" + std::to_string(crop))));
    }
  }
}

TEST_CASE("a JPEG is decoded and scaled as Pillow does it", "[own_data][imagenet]") {
  const std::string file = kPictures + "wide.JPEG";
  Tensor out = torch::empty({3, 28, 28}, torch::kByte);
  resize_and_crop(decode_image(read_file(file), 10'000, file), 32, 28, out.data_ptr<uint8_t>());
  const Tensor away = (out.to(torch::kInt) - pillow("jpeg_32_28").to(torch::kInt)).abs();
  CHECK(away.max().item<int>() <= 1);  // another version of libjpeg may round otherwise
}

TEST_CASE("values are those of torchvision's Normalize", "[own_data][imagenet]") {
  const TemporaryFolder folder("normalized");
  folder.write("val/a/1.png", read_file(kPictures + "square.png"));
  folder.write("val/b/1.png", read_file(kPictures + "wide.png"));
  const auto options = options_for(folder.path);
  options->resize.set(32);
  options->crop.set(28);
  options->normalize.set("imagenet");
  const Batch batch = everything(*ImageNetFolder(options).all(Split::test));
  CHECK(torch::allclose(batch.input[0], pillow("normalized"), 1e-6, 1e-6));
}

TEST_CASE("validation images test, by synset, the first ones of each", "[own_data][imagenet]") {
  const TemporaryFolder folder("synsets");
  write_synsets(folder, "val/");
  const auto options = options_for(folder.path);
  const ImageNetFolder all(options);
  CHECK(all.signature().text() == "image [3, 7, 7] -> classes [3]");
  CHECK_THAT(all.describe(),
             Contains("12 images (0 training, 0 validation, 12 test; 3 classes) from "));
  CHECK(all.tasks()[0].name == "without_n01440764");
  options->per_class.set(2);
  const ImageNetFolder few(options);
  CHECK(reds(*few.all(Split::test)) == std::vector<int64_t>{0, 1, 10, 11, 20, 21});
  CHECK(labels(*few.all(Split::test)) == std::vector<int64_t>{0, 0, 1, 1, 2, 2});
  CHECK(few.all(Split::train)->size() == 0);
  CHECK(labels(*few.other("without_n01443537", Split::test)) == std::vector<int64_t>{1, 1});
}

TEST_CASE("the folder may be that of the validation images", "[own_data][imagenet]") {
  const TemporaryFolder folder("bare");
  write_synsets(folder, "");
  const auto options = options_for(folder.path);
  options->validation_images.set("divide");
  options->splits.test_share.set(0.25);
  options->splits.validation_share.set(0.25);
  const ImageNetFolder dataset(options);
  CHECK(dataset.all(Split::train)->size() == 6);
  CHECK(labels(*dataset.all(Split::test)) == std::vector<int64_t>{0, 1, 2});
}

TEST_CASE("training images train, all of them", "[own_data][imagenet]") {
  const TemporaryFolder folder("train");
  write_synsets(folder, "train/");
  folder.write("val/n01443537/x.png", picture(77));
  const auto options = options_for(folder.path);
  options->per_class.set(1);
  options->splits.validation_share.set(0);
  const ImageNetFolder dataset(options);
  CHECK(dataset.all(Split::train)->size() == 12);
  CHECK(reds(*dataset.all(Split::test)) == std::vector<int64_t>{77});
  CHECK(labels(*dataset.all(Split::test)) == std::vector<int64_t>{1});
}

TEST_CASE("images in one folder get labels from a file", "[own_data][imagenet]") {
  const TemporaryFolder folder("flat");
  for (uint8_t i = 0; i < 4; ++i) {
    folder.write("val/ILSVRC2012_val_0000000" + std::to_string(i) + ".PNG", picture(i));
  }
  const auto options = options_for(folder.path);
  CHECK_THROWS_WITH(ImageNetFolder(options).signature(),
                    Contains("the 4 images in") && Contains("nothing tells their labels"));
  const std::string kaggle =
      "ImageId,PredictionString\nILSVRC2012_val_00000002,n02 1 2 3 4\n"
      "ILSVRC2012_val_00000000,n03 1 2 3 4 n03 5 6 7 8\nILSVRC2012_val_00000001,n02 1 2 3 4\r\n"
      "ILSVRC2012_val_00000003,n05 1 2 3 4\nILSVRC2012_val_00000009,n05 1 2 3 4\n";
  options->labels.set(folder.write("solution.csv", kaggle));
  CHECK(labels(*ImageNetFolder(options).all(Split::test)) == std::vector<int64_t>{1, 0, 0, 2});
  // The names of all classes say where each is put out.
  options->synsets.set(folder.write("synsets.txt", "n01 tench\nn02 goldfish\nn03\nn04 a b\nn05\n"));
  const ImageNetFolder named(options);
  CHECK(named.signature().text() == "image [3, 7, 7] -> classes [5]");
  CHECK(labels(*named.all(Split::test)) == std::vector<int64_t>{2, 1, 1, 4});
  options->synsets.set(folder.write("few.txt", "n01\nn02\nn03\n"));
  CHECK_THROWS_WITH(ImageNetFolder(options).signature(),
                    Contains("the label 'n05' of") && Contains("none of the 3 classes"));
  options->synsets.set(folder.write("twice.txt", "n01\nn02\nn01\n"));
  CHECK_THROWS_WITH(ImageNetFolder(options).signature(), Contains("the class 'n01' twice"));
}

TEST_CASE("labels may be numbers, by name or in order", "[own_data][imagenet]") {
  const TemporaryFolder folder("numbers");
  for (uint8_t i = 0; i < 3; ++i) folder.write("val/" + std::to_string(i) + ".png", picture(i));
  const auto options = options_for(folder.path);
  options->labels.set(folder.write("val.txt", "2.png 7\n0.png 65\n1.png 0\n"));
  const ImageNetFolder dataset(options);
  CHECK(dataset.signature().text() == "image [3, 7, 7] -> classes [66]");
  CHECK(labels(*dataset.all(Split::test)) == std::vector<int64_t>{65, 0, 7});
  options->class_count.set(1000);
  CHECK(ImageNetFolder(options).signature().output_shape[0] == 1000);
  options->labels.set(folder.write("order.txt", "490\n361\n171\n"));
  CHECK(labels(*ImageNetFolder(options).all(Split::test)) == std::vector<int64_t>{490, 361, 171});
  options->labels.set(folder.write("short.txt", "490\n361\n"));
  CHECK_THROWS_WITH(ImageNetFolder(options).signature(),
                    Contains("2 lines of one word, and there are 3 images"));
  options->labels.set(folder.write("lacks.txt", "0.png 1\n1.png 2\n"));
  CHECK_THROWS_WITH(ImageNetFolder(options).signature(),
                    Contains("has no label for") && Contains("2.png"));
}

TEST_CASE("what cannot be ImageNet is refused in one line", "[own_data][imagenet]") {
  const TemporaryFolder folder("wrong");
  CHECK_THROWS_WITH(ImageNetFolder(std::make_shared<ImageNetOptions>()).signature(),
                    Contains("needs a folder"));
  CHECK_THROWS_WITH(ImageNetFolder(options_for(folder.path / "none")).signature(),
                    Contains("no such folder"));
  folder.write("val/notes.txt", "no image");
  CHECK_THROWS_WITH(ImageNetFolder(options_for(folder.path)).signature(),
                    Contains("no .png, .jpg or .jpeg lies in"));
  folder.write("val/one/1.png", picture(1));
  CHECK_THROWS_WITH(ImageNetFolder(options_for(folder.path)).signature(),
                    Contains("one class only"));
  ImageNetOptions options;
  options.crop.set(300);
  CHECK_THROWS_WITH(options.validate(), Contains("'dataset.crop' is 300"));
}
