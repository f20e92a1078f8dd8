module.exports = () => 'a local part';
