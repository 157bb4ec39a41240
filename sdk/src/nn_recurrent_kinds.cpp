// The recurrent kinds by name, from their options.
#include "input_check.h"
#include "modhost/error.h"
#include "modhost/nn_recurrent.h"

namespace modhost {
inline namespace v1 {
namespace nn {
namespace {

RecurrentInit init_of(const Option<std::string>& option) {
  return option() == "pytorch" ? RecurrentInit::pytorch : RecurrentInit::csordas2021;
}

RecurrentSettings lstm_settings(const LstmOptions& options) {
  RecurrentSettings settings = options.settings();
  settings.init = init_of(options.init);
  return settings;
}

RecurrentCell elman(const std::string& activation) {
  check(activation == "tanh" || activation == "relu", ErrorCode::config,
        "a simple recurrent network with the activation '" + activation +
            "'; it can have tanh or relu");
  return activation == "relu" ? RecurrentCell::rnn_relu : RecurrentCell::rnn_tanh;
}

}  // namespace

RecurrentSettings RecurrentOptions::settings() const {
  RecurrentSettings settings;
  settings.layers = layers();
  settings.biases = biases();
  settings.dropout = dropout();
  settings.last = last();
  return settings;
}

LstmLayer::LstmLayer(int64_t in, int64_t hidden, const RecurrentSettings& settings)
    : RecurrentLayer(RecurrentCell::lstm, in, hidden, settings) {}

LstmLayer::LstmLayer(const LstmOptions& options)
    : LstmLayer(detail::given("lstm", options.in), options.hidden(), lstm_settings(options)) {}

GruLayer::GruLayer(int64_t in, int64_t hidden, const RecurrentSettings& settings)
    : RecurrentLayer(RecurrentCell::gru, in, hidden, settings) {}

GruLayer::GruLayer(const RecurrentOptions& options)
    : GruLayer(detail::given("gru", options.in), options.hidden(), options.settings()) {}

RnnLayer::RnnLayer(int64_t in, int64_t hidden, const RecurrentSettings& settings,
                   const std::string& activation)
    : RecurrentLayer(elman(activation), in, hidden, settings) {}

RnnLayer::RnnLayer(const RnnOptions& options)
    : RnnLayer(detail::given("rnn", options.in), options.hidden(), options.settings(),
               options.activation()) {}

LstmCellLayer::LstmCellLayer(int64_t in, int64_t hidden, int64_t biases, RecurrentInit init)
    : RecurrentCellLayer(RecurrentCell::lstm, in, hidden, biases, init) {}

LstmCellLayer::LstmCellLayer(const LstmCellOptions& options)
    : LstmCellLayer(detail::given("lstm_cell", options.in), options.hidden(), options.biases(),
                    init_of(options.init)) {}

GruCellLayer::GruCellLayer(int64_t in, int64_t hidden, int64_t biases)
    : RecurrentCellLayer(RecurrentCell::gru, in, hidden, biases) {}

GruCellLayer::GruCellLayer(const RecurrentCellOptions& options)
    : GruCellLayer(detail::given("gru_cell", options.in), options.hidden(), options.biases()) {}

RnnCellLayer::RnnCellLayer(int64_t in, int64_t hidden, int64_t biases,
                           const std::string& activation)
    : RecurrentCellLayer(elman(activation), in, hidden, biases) {}

RnnCellLayer::RnnCellLayer(const RnnCellOptions& options)
    : RnnCellLayer(detail::given("rnn_cell", options.in), options.hidden(), options.biases(),
                   options.activation()) {}

}  // namespace nn
}  // namespace v1
}  // namespace modhost
