module.exports = function (config) {
  config.addPassthroughCopy({ "public": "/" });
  config.addGlobalData("layout", "post.njk");
  config.addCollection("feedkeep_listed", (all) =>
    all.getAll().filter((item) => item.data.guid)
      .sort((one, other) => String(other.data.date || "").localeCompare(String(one.data.date || ""))));
  config.addFilter("day", (date) => (date instanceof Date ? date.toISOString() : String(date || "")).slice(0, 10));
  return {
    dir: { input: "src", output: "_site" },
    pathPrefix: "/",
    htmlTemplateEngine: false,
    markdownTemplateEngine: false,
  };
};
