#include "double_report.h"

#include <modhost/hypotheses.h>

#include <map>

#include "words.h"

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

bool is_important(const SingleResult& result) { return result.taxonomy == "important"; }

std::string name_of(const Member& member) {
  return member.layer + ":" + std::to_string(member.label);
}

Table joint_table(const std::vector<Member>& members, const std::vector<DoubleLesion>& pairs) {
  Table table{{"layer_1", "label_1", "layer_2", "label_2", "diff", "corrected_pvalue", "true",
               "taxonomy", "mean", "std", "z_score", "corrected_pvalue_tied", "interaction",
               "first_important", "second_important", "pair_important", "interesting"},
              {}};
  for (const DoubleLesion& pair : pairs) {
    const Member &first = members[pair.first], &second = members[pair.second];
    const SingleResult& joint = pair.joint;
    const bool together = is_important(joint);
    // As published: one of the two alone, or only the pair, or the pair not though both are.
    const bool interesting =
        together ? !first.important && !second.important : first.important || second.important;
    table.add({first.layer, first.label, second.layer, second.label, joint.difference,
               finite_cell(joint.p), pair.score, joint.taxonomy, finite_cell(joint.mean),
               finite_cell(joint.deviation), finite_cell(joint.z), finite_cell(joint.p_tied),
               pair.interaction, yes_no(first.important), yes_no(second.important),
               yes_no(together), yes_no(interesting)});
  }
  return table;
}

void add_conditional(Table& table, const Member& one, const Member& other,
                     const SingleResult& result, double score) {
  table.add({one.layer, one.label, other.layer, other.label, result.difference,
             finite_cell(result.p), score, result.taxonomy, finite_cell(result.mean),
             finite_cell(result.deviation), finite_cell(result.z), finite_cell(result.p_tied)});
}

Table conditional_table(const std::vector<Member>& members,
                        const std::vector<DoubleLesion>& pairs) {
  Table table{{"layer", "label", "given_layer", "given_label", "diff", "corrected_pvalue", "true",
               "taxonomy", "mean", "std", "z_score", "corrected_pvalue_tied"},
              {}};
  for (const DoubleLesion& pair : pairs) {
    const Member &first = members[pair.first], &second = members[pair.second];
    add_conditional(table, first, second, pair.first_given_second, pair.score);
    add_conditional(table, second, first, pair.second_given_first, pair.score);
  }
  return table;
}

// How much worse (or better) both are together than the sum of each; on the diagonal what each does
// alone.
Table interaction_table(const std::vector<Member>& members, const std::vector<DoubleLesion>& pairs,
                        const Score& whole) {
  Table table{{"sub_cluster"}, {}};
  std::vector<std::vector<Cell>> rows;
  for (size_t i = 0; i < members.size(); ++i) {
    table.columns.push_back(name_of(members[i]));
    rows.emplace_back(members.size() + 1);
    rows[i][0] = name_of(members[i]);
    rows[i][i + 1] = members[i].own.overall - whole.overall;
  }
  for (const DoubleLesion& pair : pairs) {
    rows[pair.first][pair.second + 1] = pair.interaction;
    rows[pair.second][pair.first + 1] = pair.interaction;
  }
  for (std::vector<Cell>& row : rows) table.add(std::move(row));
  return table;
}

}  // namespace

std::vector<Dependency> dependencies_of(const std::vector<Member>& members,
                                        const std::vector<DoubleLesion>& pairs) {
  std::vector<Dependency> out;
  for (const DoubleLesion& pair : pairs) {
    const Member &x = members[pair.first], &y = members[pair.second];
    if (x.group == y.group || !x.important || !y.important) continue;
    out.push_back({pair.first, pair.second, &pair,
                   dependency_type(is_important(pair.first_given_second),
                                   is_important(pair.second_given_first))});
  }
  return out;
}

void report_doubles(RunWriter& writer, const std::vector<Member>& members,
                    const std::vector<DoubleLesion>& pairs, const Score& whole) {
  writer.table("double_lesions", joint_table(members, pairs));
  writer.table("conditional_lesions", conditional_table(members, pairs));
  writer.table("interactions", interaction_table(members, pairs, whole));
  Table table{{"x_layer", "x_label", "y_layer", "y_label", "x_given_y", "y_given_x",
               "diff_x_given_y", "diff_y_given_x", "type", "edge"},
              {}};
  std::map<std::string, int64_t> types;
  for (const Dependency& own : dependencies_of(members, pairs)) {
    const Member &x = members[own.x], &y = members[own.y];
    const SingleResult &first = own.pair->first_given_second,
                       &second = own.pair->second_given_first;
    ++types[own.type];
    table.add({x.layer, x.label, y.layer, y.label, yes_no(is_important(first)),
               yes_no(is_important(second)), first.difference, second.difference, own.type,
               yes_no(own.edge())});
  }
  writer.table("dependencies", table);
  std::string words;
  for (const char* type : {"I", "II", "III", "IV"}) {
    writer.scalar("dependencies/" + std::string(type), static_cast<double>(types[type]));
    words +=
        std::string(words.empty() ? "" : ", ") + std::to_string(types[type]) + " of type " + type;
  }
  writer.say("Of " + std::to_string(pairs.size()) + " pairs of sub-clusters, " +
             std::to_string(table.rows.size()) +
             " are important ones of different layers: " + words + ".");
}

}  // namespace modhost_lesion
