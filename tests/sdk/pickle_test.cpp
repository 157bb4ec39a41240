// The reader of pickles, on bytes written by hand: nothing is executed, everything is bounded.
#include "pickle.h"

#include <catch2/catch.hpp>

#include "modhost/error.h"
#include "modhost/random.h"
#include "pickled_calls.h"

using namespace modhost;
using namespace modhost::pickle;
using Catch::Contains;
using namespace std::string_literals;

namespace {

const std::vector<Value>& elements(const Document& document, const Value& value) {
  const auto* sequence = document.find<Sequence>(value);
  REQUIRE(sequence != nullptr);
  return sequence->elements;
}

std::string refusal(const std::string& bytes) {
  try {
    const Document document(bytes, "here");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::data);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("scalars of all protocols are read", "[pickle]") {
  const std::string bytes =
      "\x80\x04(N\x88\x89K\x07M\x01\x02J\xfe\xff\xff\xff"
      "G\x3f\xf8\0\0\0\0\0\0\x8a\x02\x00\x80\x8a\0\x8b\x03\0\0\0\x01\x02\x03"
      "X\x02\0\0\0hi\x8c\x01z\x8d\x01\0\0\0\0\0\0\0w"
      "C\x02\x01\x02"
      "B\x01\0\0\0\x03\x8e\x01\0\0\0\0\0\0\0\x04\x96\x01\0\0\0\0\0\0\0\x05t."s;
  const Document document(bytes, "here");
  CHECK(document.length() == bytes.size());
  const auto& values = elements(document, document.root());
  REQUIRE(values.size() == 17);
  CHECK(std::holds_alternative<None>(values[0]));
  CHECK(std::get<bool>(values[1]));
  CHECK_FALSE(std::get<bool>(values[2]));
  CHECK(std::get<int64_t>(values[3]) == 7);
  CHECK(std::get<int64_t>(values[4]) == 0x0201);
  CHECK(std::get<int64_t>(values[5]) == -2);
  CHECK(std::get<double>(values[6]) == 1.5);
  CHECK(std::get<int64_t>(values[7]) == -32768);
  CHECK(std::get<int64_t>(values[8]) == 0);
  CHECK(std::get<int64_t>(values[9]) == 0x030201);
  CHECK(text_of(values[10]) == "hi");
  CHECK(text_of(values[11]) == "z");
  CHECK(text_of(values[12]) == "w");
  CHECK(std::get<Bytes>(values[13]).bytes == "\x01\x02");
  CHECK(std::get<Bytes>(values[16]).bytes == "\x05");
}

TEST_CASE("an integer beyond 64 bits is kept as its bytes", "[pickle]") {
  const std::string bytes = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."s;
  const Document document(bytes, "here");
  CHECK(std::get<BigInteger>(document.root()).little_endian.size() == 10);
}

TEST_CASE("lists and dicts grow item by item and many at once", "[pickle]") {
  const std::string bytes = "\x80\x02}(K\x01](K\x02K\x03\x65K\x04\x61K\x05)uK\x06K\x07s."s;
  const Document document(bytes, "here");
  const auto* dict = document.find<Dict>(document.root());
  REQUIRE(dict != nullptr);
  REQUIRE(dict->items.size() == 3);
  CHECK(elements(document, dict->items[0].second).size() == 3);
  CHECK(elements(document, dict->items[1].second).empty());
  CHECK(std::get<int64_t>(dict->items[2].second) == 7);
}

TEST_CASE("a call is recorded and not made", "[pickle]") {
  const std::string bytes =
      "\x80\x02\x63os\nsystem\nX\x08\0\0\0rm -rf /\x85R}X\x01\0\0\0aK\x01sb."s;
  const Document document(bytes, "here");
  const auto call = call_of(document, document.root());
  REQUIRE(call);
  CHECK(call->function == Function::unknown);
  CHECK(call->name->module == "os");
  CHECK(call->name->name == "system");
  CHECK(text_of(call->arguments->front()) == "rm -rf /");
  CHECK(document.find<Dict>(call->state) != nullptr);
}

TEST_CASE("the memo gives back the same object", "[pickle]") {
  for (const std::string& bytes : {"\x80\x02]q\x05h\x05\x86."s, "\x80\x04]\x94h\0\x86."s,
                                   "\x80\x02]r\x05\0\0\xffj\x05\0\0\xff\x86."s}) {
    const Document document(bytes, "here");
    const auto& pair = elements(document, document.root());
    CHECK(std::get<Ref>(pair[0]).node == std::get<Ref>(pair[1]).node);
  }
}

TEST_CASE("a list may hold itself", "[pickle]") {
  const std::string bytes = "\x80\x02]q\0h\0\x61."s;
  const Document document(bytes, "here");
  const auto& inner = elements(document, document.root());
  CHECK(std::get<Ref>(inner[0]).node == std::get<Ref>(document.root()).node);
}

TEST_CASE("names on the stack, new objects and persistent ids are understood", "[pickle]") {
  const std::string bytes = "\x80\x04\x8c\x01m\x8c\x01n\x93)\x81X\x01\0\0\0kQ\x86."s;
  const Document document(bytes, "here");
  const auto& pair = elements(document, document.root());
  const auto call = call_of(document, pair[0]);
  REQUIRE(call);
  CHECK(call->name->name == "n");
  const auto* persistent = document.find<Persistent>(pair[1]);
  REQUIRE(persistent != nullptr);
  CHECK(text_of(persistent->id) == "k");
}

TEST_CASE("a damaged pickle is refused with the place", "[pickle]") {
  CHECK_THAT(refusal(""), Contains("is empty"));
  CHECK(refusal("\x80\x02K") ==
        "cannot read 'here': its pickle is damaged at byte 2: it ends in "
        "the middle of an instruction");
  CHECK_THAT(refusal("\x80\x02K\x01"s), Contains("it ends in the middle"));  // no stop
  CHECK_THAT(refusal("\x80\x02."s), Contains("a value is missing"));
  CHECK_THAT(refusal("\x80\x06N."s), Contains("protocol 6"));
  CHECK_THAT(refusal("\x80\x02h\x03."s), Contains("never kept"));
  CHECK_THAT(refusal("\x80\x02t."s), Contains("a mark is missing"));
  CHECK_THAT(refusal("\x80\x02K\x01(R."s), Contains("a value is missing"));  // not below a mark
  CHECK_THAT(refusal("\x80\x02K\x01K\x02\x61."s), Contains("an object is missing"));
  CHECK_THAT(refusal("\x80\x02}K\x02\x61."s), Contains("no list"));
  CHECK_THAT(refusal("\x80\x02](K\x02u."s), Contains("a key has no value"));
  CHECK_THAT(refusal("\x80\x02](K\x02K\x02u."s), Contains("no dict"));
  CHECK_THAT(refusal("\x80\x04K\x01K\x02\x93."s), Contains("no text"));
  CHECK_THAT(refusal("\x80\x02\x63os\nsystem"s), Contains("in the middle of a name"));
  CHECK_THAT(refusal("\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xffN."s), Contains("frame"));
  CHECK_THAT(refusal("\x80\x02\x8d\xff\xff\xff\xff\xff\xff\xff\xff."s), Contains("in the middle"));
  CHECK_THAT(refusal("I1\n."s), Contains("instruction 73 is none of protocols 2 to 5"));
  CHECK_THAT(refusal("\x80\x02\x82\x01."s), Contains("instruction 130"));  // copyreg extensions
}

TEST_CASE("pickles that grow without end are refused early", "[pickle]") {
  const std::string head = "\x80\x02";
  CHECK_THAT(refusal(head + std::string(1 << 23, 'N')), Contains("4 million values"));
  CHECK_THAT(refusal(head + std::string(1 << 23, '}')), Contains("a million objects"));
  CHECK_THAT(refusal(head + std::string(1 << 23, '(')), Contains("4 million marks"));
  CHECK_THAT(refusal(head + "N" + std::string(1 << 23, '\x94')), Contains("2 million"));
  std::string twice = head + "]q\0"s;
  for (int i = 0; i < (1 << 22); ++i) twice += "h\0"s;
  CHECK_THAT(refusal(twice), Contains("4 million values"));
}

TEST_CASE("a pickle nested a hundred thousand deep is read and forgotten", "[pickle]") {
  const std::string bytes = "\x80\x02)" + std::string(100000, '\x85') + ".";
  const Document document(bytes, "here");
  CHECK(document.nodes().size() == 100001);
}

TEST_CASE("random instructions are read or refused, never worse", "[pickle]") {
  const std::string ops =
      "(.012GJKMNQRTUXab cd}ehjl]qrst)uBC\x81\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8f\x90\x91"
      "\x92\x93\x94\x95\n\0\1\2\3"s;
  RandomStream random(5);
  int read = 0;
  for (int trial = 0; trial < 200000; ++trial) {
    std::string bytes = "\x80\x04";
    for (uint64_t length = random.below(40); length > 0; --length)
      bytes += ops[random.below(ops.size())];
    read += refusal(bytes).empty() ? 1 : 0;
  }
  CHECK(read > 100);
}
