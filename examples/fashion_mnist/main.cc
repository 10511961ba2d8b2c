// Trains a convolutional network on Fashion-MNIST, shows how well it does on the test images, saves
// its parameters, loads them again and predicts with those.
#include <linum/linum.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "picture.h"

namespace ln = linum;
namespace nn = linum::nn;
using ln::Array, ln::Tree;

struct Cnn : nn::Module<Cnn> {
  Array forward(Array images) const {
    Array x = ln::np::astype(images, ln::float32) / 255;
    for (std::int64_t features : {32, 64}) {
      x = nn::relu(nn::Conv{.features = features, .kernel_size = {3, 3}}(x));
      x = nn::avg_pool(x, {2, 2}, {2, 2});
    }
    x = ln::np::reshape(x, {x.shape(0), -1});
    x = nn::relu(nn::Dense{.features = 256}(x));
    return nn::Dense{.features = 10}(x);
  }
};

struct Batch {
  Array image, label;
  LINUM_FIELDS(image, label)
};

struct Options {
  std::int64_t epochs = 5, batch = 128, seed = 0;
  double lr = 2e-3;
  std::string json, data, picture = "fashion_mnist.png", params = "fashion_mnist.safetensors";
};

static Options parse(int argc, char** argv) {
  CLI::App app("Trains a convolutional network on Fashion-MNIST.");
  Options o;
  app.add_option("--epochs", o.epochs, "passes over the 60,000 training images")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--batch", o.batch, "images in a step")
      ->check(CLI::Range(1, 60000))
      ->capture_default_str();
  app.add_option("--lr", o.lr, "first learning rate of adam; it falls to zero along a cosine")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", o.seed, "of parameters and order")->capture_default_str();
  app.add_option("--json", o.json, "write settings and test_accuracy of each epoch to this file");
  app.add_option("--data", o.data, "folder of the four idx files");
  app.add_option("--picture", o.picture, "draw ten predictions into this PNG file")
      ->capture_default_str();
  app.add_option("--params", o.params, "save the parameters in this file")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::exit(app.exit(e));
  }
  return o;
}

// A file that cannot be written is better known before the training than after.
static void check_writable(const std::string& path, const char* flag) {
  if (path.empty() || std::ofstream(path, std::ios::app)) return;
  throw ln::IoError(ln::str_cat(flag, ": cannot write ", path, "; does its folder exist?"));
}

static auto make_step() {
  return ln::jit(
      [](ln::train::State state, Batch batch) {
        auto loss_fn = [&](Tree params) {
          Array logits = Cnn{}.apply({{"params", params}}, batch.image);
          return ln::np::mean(
              ln::losses::softmax_cross_entropy_with_integer_labels(logits, batch.label));
        };
        auto [loss, grads] = ln::value_and_grad(loss_fn)(state.params);
        return std::pair{state.apply_gradients(grads), loss};
      },
      {.donate = {0}});
}

static auto make_predict() {
  return ln::jit([](Tree params, Array image) {
    return ln::np::argmax(Cnn{}.apply({{"params", params}}, image), -1);
  });
}

template <class Predict>
static double accuracy(const Predict& predict, const Tree& params, const ln::data::Dataset& test) {
  std::vector<Array> right;
  for (auto& example : test.batch(1000).prefetch()) {
    auto batch = ln::from_tree<Batch>(ln::data::to_device(example));
    right.push_back(ln::np::sum(predict(params, batch.image) == batch.label));
  }
  double total = 0;
  for (const Array& r : right) total += r.item<double>();
  return total / static_cast<double>(test.size());
}

template <class Predict>
static std::vector<Prediction> predict_ten(const Predict& predict, const Tree& params,
                                           const ln::data::Dataset& test) {
  std::vector<Prediction> out;
  for (std::int64_t i = 0; i < 10; ++i) {
    ln::data::Example one = test[i];
    Array image = ln::np::expand_dims(Array::from_host(one.at("image")), 0);
    out.push_back({one.at("image"), one.at("label").as<std::int32_t>()[0],
                   predict(params, image).template item<int>()});
  }
  return out;
}

static void write_json(const Options& o, const std::vector<ln::train::EpochReport>& history) {
  nlohmann::json out{{"epochs", o.epochs}, {"batch", o.batch}, {"lr", o.lr}, {"seed", o.seed}};
  for (const auto& report : history) {
    out["test_accuracy"].push_back(report.metrics.at("test_accuracy"));
    out["loss"].push_back(report.loss);
    out["seconds"].push_back(report.seconds);
  }
  std::ofstream(o.json) << out.dump(2) << "\n";
}

static void run(const Options& o) {
  check_writable(o.json, "--json");
  check_writable(o.picture, "--picture");
  auto [train, test] = ln::data::fashion_mnist(o.data);
  Array some = ln::np::zeros({1, 28, 28, 1}, ln::uint8);
  Cnn model;
  std::cout << model.tabulate(ln::random::key(0),
                              nn::TabulateOptions{.color = isatty(STDOUT_FILENO) != 0}, some);
  Tree variables = model.init(ln::random::key(o.seed), some);
  std::int64_t steps = o.epochs * (train.size() / o.batch);
  auto lr = ln::optim::cosine_decay_schedule(o.lr, steps);
  auto start = ln::train::State::create(model, variables["params"], ln::optim::adam(lr));

  auto step = make_step();
  auto predict = make_predict();
  auto train_step = [&](const ln::train::State& state, const Tree& batch) {
    return step(state, ln::from_tree<Batch>(batch));
  };
  auto batches = train.shuffle(static_cast<std::uint64_t>(o.seed)).batch(o.batch, true);
  auto [state, history] = ln::train::fit(
      start, batches, train_step,
      {.epochs = o.epochs,
       .epoch_end = [&, &test = test](ln::train::State& state, ln::train::EpochReport& report) {
         report.metrics["test_accuracy"] = accuracy(predict, state.params, test);
       }});

  ln::train::save_params(o.params, state.params);
  Tree loaded = ln::train::load_params(o.params, state.params);
  std::vector<Prediction> ten = predict_ten(predict, loaded, test);
  if (!o.picture.empty()) ln::io::save_png(o.picture, draw(ten));
  std::cout << "\n"
            << draw_text(ten, isatty(STDOUT_FILENO) != 0) << "test accuracy "
            << history.back().metrics.at("test_accuracy") << " after " << o.epochs
            << (o.epochs == 1 ? " epoch" : " epochs") << "; parameters in " << o.params
            << (o.picture.empty() ? "" : ", picture in " + o.picture) << "\n";
  if (!o.json.empty()) write_json(o, history);
}

int main(int argc, char** argv) {
  Options options = parse(argc, argv);
  ln::runtime::tune_allocator_for_training();
  try {
    run(options);
  } catch (const std::exception& e) {
    std::cerr << "fashion_mnist: " << e.what() << "\n";
    return 1;
  }
}
